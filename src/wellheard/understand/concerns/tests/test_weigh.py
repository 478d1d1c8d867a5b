from __future__ import annotations

import json

import pytest

from wellheard.understand.concerns.policy import FOLDER, IN_FORCE, concern_rules
from wellheard.understand.concerns.rules import ConcernRulesError, Signals, read_rules, weigh

SOURCES = [
    "card", "paper", "survey", "import", "complaint_form", "email", "sms", "phone", "letter", "api",
]  # fmt: skip


@pytest.mark.capability("C19")
@pytest.mark.parametrize(
    ("signals", "tier", "rules"),
    [
        (Signals(), None, ()),
        (Signals(sentiment=1), None, ()),
        (Signals(sentiment=4), None, ()),
        (Signals(sentiment=4, wants_reply=True), "high", ("unhappy-and-wants-reply",)),
        (Signals(sentiment=2, wants_reply=True), None, ()),
        (Signals(sentiment=1, source="complaint_form"), "high", ("complaint-form",)),
        (Signals(rating_share=0.4, wants_reply=True), "high", ("low-mark-and-wants-reply",)),
        (Signals(rating_share=0.6, wants_reply=True), None, ()),
        (Signals(themes=frozenset({"feeling_safe"}), sentiment=1), None, ()),
        (Signals(themes=frozenset({"safety"}), sentiment=4), "high", ("feels-unsafe",)),
        (Signals(sentiment=5, confidence=0.9), "normal", ("very-unhappy",)),
        (Signals(sentiment=5, confidence=0.2), None, ()),
        (Signals(sentiment=4, rating_share=0.2), "normal", ("lowest-mark",)),
        (
            Signals(safety=("harm",), sentiment=1),
            "immediate",
            ("safety-words", "other-safety-words"),
        ),
        (Signals(safety=("a_local_group",)), "immediate", ("other-safety-words",)),
    ],
)
def test_weigh_signals(signals: Signals, tier: str | None, rules: tuple[str, ...]) -> None:
    weighing = weigh(signals, concern_rules())
    assert (weighing.tier, weighing.rules) == (tier, rules)


@pytest.mark.capability("P01")
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("sentiment", [None, 1, 2, 3, 4, 5])
def test_weigh_safety_words_are_immediate_from_everywhere_in_every_mood(
    source: str, sentiment: int | None
) -> None:
    praise = Signals(safety=("neglect",), sentiment=sentiment, source=source, rating_share=1.0)
    assert weigh(praise, concern_rules()).tier == "immediate"


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "x", "tier": "high", "says": "", "when": {"moon": "full"}},
        {"id": "x", "tier": "high", "says": "", "when": {}},
        {"id": "x", "tier": "sometime", "says": "", "when": {"wants_reply": True}},
    ],
)
def test_read_rules_refuses_a_rule_it_cannot_apply(broken: dict[str, object]) -> None:
    page = json.loads((FOLDER / IN_FORCE).read_text("utf-8"))
    with pytest.raises(ConcernRulesError):
        read_rules({**page, "rules": [broken]})
