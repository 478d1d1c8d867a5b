"""Guessing is slowed; nobody can lock somebody else out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.signin.rules import Failure, refused
from wellheard.people.signin.vocabulary import password_limits

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LIMITS = password_limits()


def failures(
    count: int, account: str = "ana", source: str = "here", device: str = "", ago: float = 1
) -> list[Failure]:
    return [Failure(account, source, device, NOW - timedelta(minutes=ago))] * count


def is_refused(
    past: list[Failure], account: str = "ana", source: str = "here", device: str = ""
) -> bool:
    return refused(past, LIMITS, account=account, source=source, device=device, now=NOW)


def test_sixth_try_from_one_place_is_refused() -> None:
    assert not is_refused(failures(4))
    assert is_refused(failures(5))
    assert not is_refused(failures(5, ago=16))


@pytest.mark.capability("N05")
def test_stuffing_many_accounts_from_one_place_is_refused() -> None:
    past = [f for n in range(LIMITS.per_source.most) for f in failures(1, account=f"account{n}")]
    assert is_refused(past, account="fresh")
    assert not is_refused(past, account="fresh", source="elsewhere")


@pytest.mark.capability("N05")
def test_stranger_who_guesses_from_everywhere_does_not_lock_the_owner_out() -> None:
    past = [f for n in range(200) for f in failures(1, source=f"bot{n}", ago=30)]
    assert is_refused(past, source="bot999")
    assert is_refused(past, source="home")
    assert not is_refused(past, source="home", device="laptop")


def test_account_is_guessed_at_a_hundred_times_a_week_at_most() -> None:
    past = failures(99, source="slow", ago=3 * 24 * 60)
    assert not is_refused(past)
    assert is_refused(past + failures(1, source="slow2", ago=120))


def test_known_device_has_a_count_of_its_own() -> None:
    assert not is_refused(failures(9, device="laptop"), device="laptop")
    assert is_refused(failures(10, device="laptop"), device="laptop")
    assert not is_refused(failures(10, device="laptop"))


@given(st.integers(0, 300), st.integers(0, 300))
def test_more_failures_never_open_what_fewer_had_closed(some: int, more: int) -> None:
    if is_refused(failures(some)):
        assert is_refused(failures(some + more))
