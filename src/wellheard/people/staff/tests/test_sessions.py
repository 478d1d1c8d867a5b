from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.staff.rules import (
    SessionLimits,
    SignsOfLife,
    device_name,
    session_state,
    strictest,
)
from wellheard.people.staff.vocabulary import session_limits

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LIMITS = SessionLimits(timedelta(minutes=15), timedelta(hours=12))


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("began", "seen", "locked", "proved", "state"),
    [
        (1, 1, None, None, "open"),
        (60, 14, None, None, "open"),
        (60, 15, None, None, "locked"),
        (60, 30, None, 5, "open"),
        (60, 1, 2, None, "locked"),
        (60, 1, 2, 3, "locked"),
        (60, 1, 2, 1, "open"),
        (720, 1, None, None, "over"),
        (720, 1, None, 1, "over"),
    ],
)
def test_state_of_a_session(
    began: int, seen: int, locked: int | None, proved: int | None, state: str
) -> None:
    signs = SignsOfLife(
        minutes_ago(began),
        minutes_ago(seen),
        None if locked is None else minutes_ago(locked),
        None if proved is None else minutes_ago(proved),
    )
    assert session_state(signs, NOW, LIMITS) == state


def test_strictest_of_several_roles_counts() -> None:
    in_force = session_limits()
    limits = strictest(in_force.by_role, ["analyst", "administrator"], in_force.default)
    assert limits == SessionLimits(timedelta(minutes=15), timedelta(hours=8))
    assert strictest(in_force.by_role, [], in_force.default) == in_force.default


@pytest.mark.capability("N05")
def test_no_role_stays_longer_than_the_standard_allows() -> None:
    in_force = session_limits()
    for limits in [in_force.default, *in_force.by_role.values()]:
        assert limits.idle <= timedelta(hours=1)
        assert limits.absolute <= timedelta(hours=24)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_session_never_opens_again_by_waiting(began: int, wait: int) -> None:
    order = ["open", "locked", "over"]
    signs = SignsOfLife(minutes_ago(began), minutes_ago(began))
    first = session_state(signs, NOW, LIMITS)
    later = session_state(signs, NOW + timedelta(minutes=wait), LIMITS)
    assert order.index(later) >= order.index(first)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iOS",
        ),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_device_is_named_from_a_known_list_only(agent: str, name: str) -> None:
    assert device_name(agent) == name
