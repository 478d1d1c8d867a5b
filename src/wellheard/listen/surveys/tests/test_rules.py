"""Instruments, pure: what can be answered, what is skipped, what a change makes of a trend."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from wellheard.listen.surveys import changes, rules
from wellheard.listen.surveys.instruments import NoInstrumentError, instrument, shipped
from wellheard.listen.surveys.logic import InstrumentError

CHOICES = [{"value": 0, "words": {"en": "No"}}, {"value": 1, "words": {"en": "Yes"}}]


def definition() -> dict[str, Any]:
    return {
        "code": "stay",
        "version": 1,
        "effective_from": "2026-01-01",
        "source": "test",
        "owner": "test",
        "title": {"en": "Stay"},
        "intro": {"en": "Hello"},
        "scales": {"yes": CHOICES},
        "items": [
            {"code": "medicine", "kind": "scale", "scale": "yes", "text": {"en": "New medicine?"}},
            {
                "code": "told",
                "kind": "scale",
                "scale": "yes",
                "top_box": [1],
                "text": {"en": "Told what for?"},
                "ask_if": {"item": "medicine", "in": [1]},
            },
            {"code": "comment", "kind": "text", "text": {"en": "Anything else?"}},
        ],
    }


@pytest.mark.capability("B02")
def test_pulse_is_whole_in_three_languages() -> None:
    pulse = instrument("pulse")
    codes = (
        "rating recommend nurse_listen nurse_explain doctor_listen help_soon clean quiet "
        "wait_told medicine_told respect comment"
    )
    assert " ".join(item.code for item in pulse.items) == codes
    assert pulse.languages == ("en", "es", "ar")
    for item in pulse.items:
        assert all(item.text[language] for language in pulse.languages)
        for choice in item.scale.choices if item.scale and item.scale.code == "frequency" else ():
            assert set(choice.words) == set(pulse.languages)
    rating = pulse.item("rating").scale
    respect = pulse.item("respect").scale
    assert rating is not None and rating.values == frozenset(range(11))
    assert respect is not None and respect.values == frozenset({1, 2, 3, 4})


def test_shipped_instruments_have_source_owner_and_date() -> None:
    for each in shipped().values():
        assert each.source and each.owner and each.effective_from


def test_unknown_instrument_or_version_is_refused() -> None:
    with pytest.raises(NoInstrumentError):
        instrument("nothing")
    with pytest.raises(NoInstrumentError):
        instrument("pulse", 99)


@pytest.mark.capability("B02")
def test_item_is_asked_only_when_its_condition_holds() -> None:
    stay = rules.read_instrument(definition())
    assert [item.code for item in stay.asked({})] == ["medicine", "comment"]
    assert [item.code for item in stay.asked({"medicine": 1})] == ["medicine", "told", "comment"]
    after = rules.next_item(stay, {"medicine": 0}, "medicine")
    assert after is not None and after.code == "comment"
    before = rules.previous_item(stay, {"medicine": 0}, "comment")
    assert before is not None and before.code == "medicine"
    assert rules.next_item(stay, {}, "comment") is None
    assert rules.previous_item(stay, {}, "medicine") is None


@pytest.mark.parametrize(
    ("raw", "answers", "wrong"),
    [
        ({"medicine": "1", "comment": " ok "}, {"medicine": 1, "comment": "ok"}, []),
        ({"medicine": "", "comment": None}, {}, []),
        ({"medicine": "2"}, {}, ["medicine"]),
        ({"medicine": "0.5"}, {}, ["medicine"]),
        ({"medicine": "yes"}, {}, ["medicine"]),
        ({"medicine": "nan"}, {}, ["medicine"]),
        ({"medicine": "1e400"}, {}, ["medicine"]),
        ({"medicine": 1.0, "other": "x"}, {"medicine": 1}, []),
        ({"comment": "x" * 50_001}, {}, ["comment"]),
    ],
)
def test_answers_are_read_or_named_as_wrong(
    raw: dict[str, Any], answers: dict[str, Any], wrong: list[str]
) -> None:
    found, problems = rules.read_answers(rules.read_instrument(definition()), raw)
    assert (found, list(problems)) == (answers, wrong)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda d: d["items"].append(d["items"][0]),
        lambda d: d["items"].insert(0, d["items"].pop(1)),
        lambda d: d["items"][1].update(top_box=[7]),
        lambda d: d["items"][2].update(text={"es": "¿Algo más?"}),
    ],
)
def test_definition_that_contradicts_itself_is_refused(break_it: Any) -> None:
    broken = definition()
    break_it(broken)
    with pytest.raises(InstrumentError):
        rules.read_instrument(broken)


@pytest.mark.capability("B02")
def test_change_of_words_breaks_the_trend_of_that_item_only() -> None:
    before = definition()
    kept = copy.deepcopy(before)
    changed = changes.reworded(before, "told", {"en": "Did someone say what it was for?"})
    after = changes.next_version(changed, effective_from="2026-06-01", change="plainer")
    assert before == kept, "a definition is never changed in place"
    assert after["version"] == 2
    pair = rules.read_instrument(before), rules.read_instrument(after)
    assert changes.changed_items(*pair) == {"told"}
    assert json.dumps(after)


def test_items_are_added_behind_the_rated_ones_and_taken_away() -> None:
    more = changes.with_item(definition(), code="calm", scale="yes", words={"en": "Calm?"})
    assert [row["code"] for row in more["items"]] == ["medicine", "told", "calm", "comment"]
    assert more["items"][2]["top_box"] == [1]
    less = changes.without(more, "calm")
    assert [row["code"] for row in less["items"]] == ["medicine", "told", "comment"]


def test_item_that_others_depend_on_cannot_go_and_words_are_needed_in_each_language() -> None:
    with pytest.raises(InstrumentError):
        changes.next_version(
            changes.without(definition(), "medicine"), effective_from="2026-06-01", change="x"
        )
    with pytest.raises(InstrumentError):
        changes.reworded(definition(), "told", {"en": "  "})
    with pytest.raises(InstrumentError):
        changes.without(definition(), "nothing")
