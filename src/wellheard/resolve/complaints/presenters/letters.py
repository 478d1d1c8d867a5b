"""The composer's words: labels and helps of the parts of a letter, and what is prefilled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.resolve.complaints.models import Case, Letter
from wellheard.resolve.complaints.queries.letters import (
    Block,
    assemble,
    blocks_of,
    parts_of,
    translation_of,
)
from wellheard.resolve.complaints.queries.messages import (
    name_of,
    policy_of,
    values_for,
)
from wellheard.resolve.complaints.queries.rulebook import local_day, pack_of
from wellheard.resolve.complaints.wording import can_say, say, spoken


def prefilled(case: Case, kind: str, now: datetime, author: str) -> dict[str, str]:
    """What we know already and a writer should not have to type."""
    policy, language = policy_of(case), "en"
    known = {
        "contact_person": ", ".join(
            part for part in (policy.contact_name, policy.contact_phone) if part
        ),
        "completed_on": local_day(case, now).isoformat(),
        "signed_by": author,
        "stated_days": str(policy.interim_days or pack_of(case).interim_days),
    }
    values = values_for(case, policy, language)
    # A policy may know the agency's telephone and no address: then the writer fills it in.
    if can_say("ombudsman_text", language, **values):
        known["ombudsman"] = say("ombudsman_text", language, **values)
    codes = {element.code for element in pack_of(case).letters[kind].elements}
    return {code: words for code, words in known.items() if code in codes} | _findings(case, kind)


def _findings(case: Case, kind: str) -> dict[str, str]:
    """The findings on the issues, ready to be put into the letter's own words."""
    if kind != Letter.Kind.DECISION:
        return {}
    lines = []
    for issue in case.issues.filter(joined=False).prefetch_related("outcomes"):
        newest = max(issue.outcomes.all(), key=lambda row: (row.at, row.pk), default=None)
        if newest is not None:
            lines.append(f"{issue.number}. {newest.finding}")
    codes = {element.code for element in pack_of(case).letters[kind].elements}
    target = "results" if "results" in codes else "conclusions"
    return {target: "\n".join(lines)} if lines else {}


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as the person will read it."""

    blocks: tuple[Block, ...]
    language: str
    waits_for_translation: bool


def preview(case: Case, letter: Letter | None) -> Preview | None:
    """The letter in the person's language as far as it is written."""
    if letter is None:
        return None
    translated, wanted = translation_of(letter), spoken(case.language)
    waits = spoken(letter.language) != wanted and not translated
    parts = parts_of(letter) | {code: words for code, words in translated.items() if words}
    text = assemble(case, parts, wanted, letter.translated_by, letter.reviewed_by)
    return Preview(tuple(blocks_of(text)), wanted, waits)


def addressed_to(case: Case) -> str:
    """Whom the letter greets; "" when no name is known."""
    return name_of(case)
