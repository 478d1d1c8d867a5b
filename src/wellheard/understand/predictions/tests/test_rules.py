from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wellheard.understand.predictions.rules import (
    GRIEVANCE_FEATURES,
    KINDS,
    NO_SHOW_FEATURES,
    Appointment,
    Telling,
    UseRefusedError,
    grievance_example,
    no_show_examples,
    require_use,
    use_policy,
)

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def appointment(pk: int, when: datetime, *, missed: bool | None, lead: float = 5) -> Appointment:
    return Appointment(pk, "p", "ambulatory", when - timedelta(days=lead), when, missed, {})


@pytest.mark.capability("F05")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "use", ["deny", "double_book", "overbook", "charge", "rank_staff", "x", ""]
)
def test_use_that_takes_something_away_or_is_not_declared_is_refused(kind: str, use: str) -> None:
    with pytest.raises(UseRefusedError):
        require_use(kind, use)


@pytest.mark.parametrize("kind", KINDS)
def test_declared_use_is_allowed(kind: str) -> None:
    for use in use_policy()["kinds"][kind]["uses"]:
        require_use(kind, use)
    with pytest.raises(UseRefusedError):
        require_use("something_else", "aggregate_review")


@pytest.mark.capability("A11")
def test_history_of_a_person_knows_only_earlier_days() -> None:
    seen = [
        appointment(1, DAY, missed=True),
        appointment(2, DAY + timedelta(hours=3), missed=False),
        appointment(3, DAY + timedelta(days=1), missed=None),
    ]
    first, same_day, next_day = no_show_examples(seen, "UTC")
    assert first["earlier appointments"] == same_day["earlier appointments"] == "0"
    assert next_day["earlier appointments"] == "2"
    assert next_day["last appointment missed"] == "no"


def test_weekday_and_hour_are_those_of_the_place() -> None:
    late = datetime(2026, 3, 3, 2, tzinfo=UTC)
    (example,) = no_show_examples([appointment(1, late, missed=None)], "America/Chicago")
    assert example["weekday"] == "Monday" and example["hour"] == "17 or more"


def test_somebody_unknown_has_no_history() -> None:
    nobody = Appointment(1, "", "telehealth", DAY, DAY, None, {})
    (example,) = no_show_examples([nobody], "UTC")
    assert example["earlier appointments"] == "not known"
    assert example["days booked ahead"] == "below 1"


@pytest.mark.capability("A11")
@pytest.mark.parametrize("word", ["race", "ethnic", "language", "payer", "sex", "gene", "age"])
def test_models_do_not_look_at_who_somebody_is(word: str) -> None:
    for features in (NO_SHOW_FEATURES, GRIEVANCE_FEATURES):
        assert not [name for name in features if word in name.split() or name.startswith(word)]


def test_concern_is_seen_without_its_words() -> None:
    telling = Telling(
        1, "", "high", 5, True, "card", 4, ("food", "noise"), DAY, None, {"language": "es"}
    )
    example = grievance_example(telling)
    assert set(example) == set(GRIEVANCE_FEATURES)
    assert example["days waiting"] == "3-6" and example["themes"] == ("food", "noise")
