"""What kind of case is this, under this rule pack, and which rules say so?"""

from __future__ import annotations

from dataclasses import dataclass

from wellheard.resolve.complaints.rules.conditions import holds
from wellheard.resolve.complaints.rules.facts import CaseFacts
from wellheard.resolve.complaints.rules.packs import Prompt, RulePack


@dataclass(frozen=True, slots=True)
class Classified:
    """A class, the clause that decided it, and every clause that held."""

    klass: str
    decided_by: str
    fired: tuple[str, ...]


def classify(facts: CaseFacts, pack: RulePack) -> Classified:
    """Return the class of a case: the first rule of `pack` that holds decides.

    A case in which no rule holds gets the pack's default class and no deciding clause.
    """
    values = facts.as_dict()
    held = [rule for rule in pack.class_rules if holds(rule.when, values)]
    fired = tuple(dict.fromkeys(rule.clause for rule in held))
    if not held:
        return Classified(pack.default_class, "", fired)
    return Classified(held[0].then, held[0].clause, fired)


def prompts_for(facts: CaseFacts, pack: RulePack) -> tuple[Prompt, ...]:
    """Return the questions that these facts raise, in the order of the pack."""
    values = facts.as_dict()
    return tuple(prompt for prompt in pack.prompts if holds(prompt.when, values))


def is_lower(new: str, old: str, pack: RulePack) -> bool:
    """Return whether moving from class `old` to `new` takes duties away."""
    return pack.classes[new].weight < pack.classes[old].weight
