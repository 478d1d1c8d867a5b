"""May it leave? Tables of the pure decision, and properties that hold for every input."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.channels.outbox.quiet import QuietHours, next_open
from wellheard.channels.outbox.rulebook import NoRulesError, contact_rules, sending_rules
from wellheard.channels.outbox.rules import (
    Ask,
    ContactRules,
    Hold,
    Refuse,
    Send,
    Sent,
    is_spent,
    may_cancel,
    may_retry,
    may_send,
    state_of,
    wait_after,
)

US = contact_rules("US", date(2026, 11, 3))
GB = contact_rules("GB", date(2026, 11, 3))
SENDING = sending_rules()
CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=CHICAGO)
FINE = Ask(channel="sms", purpose="reminder", consented=True, zone="America/Chicago")


def asked(now: datetime = NOON, **changes: object) -> object:
    return may_send(replace(FINE, **changes), US, SENDING, now)  # type: ignore[arg-type]


def chicago(hour: int, minute: int = 0, *, day: int = 3) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO)


def test_message_with_consent_by_day_is_sent() -> None:
    assert asked() == Send()


@pytest.mark.capability("A04")
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"consented": False}, "no_consent"),
        ({"stopped": True}, "stopped"),
        ({"deceased": True}, "deceased"),
        ({"has_address": False}, "no_address"),
        ({"private_words": ("condition",)}, "private_words"),
        ({"expires_at": NOON}, "expired"),
    ],
)
@pytest.mark.parametrize("urgent", [False, True])
def test_refusal_holds_for_urgent_messages_too(
    change: dict[str, object], rule: str, urgent: bool
) -> None:
    assert asked(urgent=urgent, **change) == Refuse(rule)


@pytest.mark.capability("A04")
@pytest.mark.parametrize(
    ("now", "until"),
    [
        (chicago(21, 5), chicago(8, day=4)),
        (chicago(21, 0), chicago(8, day=4)),
        (chicago(7, 59), chicago(8)),
        (chicago(0, 0), chicago(8)),
        (chicago(20, 59), None),
        (chicago(8, 0), None),
    ],
)
def test_quiet_hours_wait_for_the_morning(now: datetime, until: datetime | None) -> None:
    assert asked(now) == (Hold(until.astimezone(UTC), "TCPA-08") if until else Send())


def test_urgent_message_leaves_at_night() -> None:
    assert asked(chicago(3), urgent=True) == Send()


def test_urgent_message_waits_when_the_rules_say_so() -> None:
    strict = replace(US, urgent_ignores=frozenset())
    ask = replace(FINE, urgent=True)
    assert isinstance(may_send(ask, strict, SENDING, chicago(3)), Hold)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # 08:00 in Honolulu is 13:00 in New York (standard time); 21:00 in New York is 16:00 there.
        (datetime(2026, 11, 3, 15, 0, tzinfo=UTC), datetime(2026, 11, 3, 18, 0, tzinfo=UTC)),
        (datetime(2026, 11, 3, 18, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 4, 1, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 4, 2, 0, tzinfo=UTC), datetime(2026, 11, 4, 18, 0, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc/passwd"])
def test_unknown_zone_takes_the_strictest_hour(
    zone: str, now: datetime, until: datetime | None
) -> None:
    assert asked(now, zone=zone) == (Hold(until, "TCPA-08") if until else Send())


def test_own_quiet_hours_count_besides_the_rule() -> None:
    nap = QuietHours(time(13), time(15))
    assert asked(chicago(13, 30), own_quiet=nap) == Hold(chicago(15).astimezone(UTC), "own_quiet")


def test_wishes_that_leave_no_hour_are_refused() -> None:
    assert asked(own_quiet=QuietHours(time(8), time(21))) == Refuse("no_open_hour")


def test_hold_past_the_last_useful_moment_is_refused() -> None:
    assert asked(chicago(21, 5), expires_at=chicago(7, day=4)) == Refuse("expired")


def sent(*ages: timedelta, purpose: str = "reminder", channel: str = "sms") -> tuple[Sent, ...]:
    return tuple(Sent(NOON - age, purpose, channel) for age in ages)


H, D = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [
        (sent(25 * H), Send()),
        (sent(4 * H), Hold(NOON - 4 * H + D + timedelta(hours=0), "TCPA-02-day")),
        (sent(26 * H, 3 * D, 6 * D), Hold(NOON - 6 * D + 7 * D, "TCPA-02-week")),
        (sent(26 * H, 3 * D, 8 * D), Send()),
        (sent(1 * H, purpose="reply"), Send()),
        (sent(1 * H, channel="email"), Send()),
    ],
)
def test_caps_of_the_exemption(earlier: tuple[Sent, ...], verdict: object) -> None:
    assert asked(sent=earlier) == verdict


def test_survey_burden_counts_over_all_ways() -> None:
    earlier = sent(2 * D, 9 * D, purpose="survey") + sent(20 * D, purpose="survey", channel="email")
    verdict = asked(purpose="survey", sent=earlier)
    assert verdict == Hold(NOON - 20 * D + 30 * D, "survey-burden")


def test_own_weekly_cap_counts_every_purpose() -> None:
    earlier = sent(2 * D, purpose="survey") + sent(3 * D, purpose="reply", channel="email")
    verdict = asked(purpose="reply", own_weekly_cap=2, sent=earlier)
    assert verdict == Hold(NOON - 3 * D + 7 * D, "own_cap")


def test_clock_that_was_put_back_holds_no_longer_than_the_cap() -> None:
    verdict = asked(sent=(Sent(NOON + 400 * D, "reminder", "sms"),))
    assert verdict == Hold(NOON + D, "TCPA-02-day")


def test_cap_that_ends_at_night_waits_for_the_morning() -> None:
    verdict = asked(chicago(20, day=4), sent=(Sent(chicago(22), "reminder", "sms"),))
    assert verdict == Hold(chicago(8, day=5).astimezone(UTC), "TCPA-08")


def test_pace_of_the_provider_is_kept() -> None:
    assert asked(pace_free_at=NOON + timedelta(seconds=9)) == Hold(
        NOON + timedelta(seconds=9), "pace"
    )


def test_without_a_transport_it_waits() -> None:
    assert asked(transport_ready=False) == Hold(NOON + H, "no_transport")


# -- clock changes -----------------------------------------------------------------------------------

NIGHT = QuietHours(time(21), time(8))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Forward on 8 March 2026: the night is an hour shorter.
        ((2026, 3, 7, 21, 30), datetime(2026, 3, 8, 13, 0, tzinfo=UTC)),
        # Back on 1 November 2026: an hour longer.
        ((2026, 10, 31, 21, 30), datetime(2026, 11, 1, 14, 0, tzinfo=UTC)),
    ],
)
def test_morning_comes_by_the_wall_clock(now: tuple[int, ...], opens: datetime) -> None:
    local = datetime(*now, tzinfo=CHICAGO)  # type: ignore[arg-type,misc]
    assert next_open(local, [NIGHT], [CHICAGO]) == opens


def test_end_that_the_clock_skips_is_reached_after_the_jump() -> None:
    quiet = QuietHours(time(22), time(2, 30))
    before = datetime(2026, 3, 8, 1, 30, tzinfo=CHICAGO)
    opening = next_open(before, [quiet], [CHICAGO])
    assert opening is not None
    wall = opening.astimezone(CHICAGO)
    assert wall.date() == date(2026, 3, 8)
    assert time(3) <= wall.time() < time(4)


def test_end_that_happens_twice_is_its_second_showing() -> None:
    quiet = QuietHours(time(22), time(1, 30))
    before = datetime(2026, 11, 1, 0, 30, tzinfo=CHICAGO)
    assert next_open(before, [quiet], [CHICAGO]) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


moments = st.floats(1_735_689_600, 1_830_297_600).map(lambda s: datetime.fromtimestamp(s, UTC))
zones = st.sampled_from(
    ["America/Chicago", "Pacific/Honolulu", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"]
).map(ZoneInfo)
hours = st.builds(QuietHours, st.times(), st.times())


@given(moments, st.lists(hours, max_size=3), st.lists(zones, min_size=1, max_size=3))
def test_opening_is_never_quiet_and_never_early(
    now: datetime, quiet: list[QuietHours], where: list[ZoneInfo]
) -> None:
    opening = next_open(now, quiet, where)
    if opening is None:
        return
    assert now <= opening <= now + timedelta(days=10)
    for zone in where:
        local = opening.astimezone(zone).time()
        assert not any(q.holds_at(local) for q in quiet)


asks = st.builds(
    Ask,
    channel=st.sampled_from(["sms", "email"]),
    purpose=st.sampled_from(["reply", "survey", "reminder"]),
    urgent=st.booleans(),
    has_address=st.booleans(),
    stopped=st.booleans(),
    consented=st.booleans(),
    deceased=st.booleans(),
    zone=st.sampled_from(["", "America/Chicago", "Pacific/Honolulu"]),
    own_quiet=st.none() | hours,
    own_weekly_cap=st.none() | st.integers(0, 7),
    sent=st.lists(
        st.builds(
            Sent,
            moments,
            st.sampled_from(["reply", "survey", "reminder"]),
            st.sampled_from(["sms", "email"]),
        ),
        max_size=12,
    ).map(tuple),
)


@given(asks, moments, st.sampled_from([US, GB]))
def test_nothing_leaves_against_a_persons_will(
    ask: Ask, now: datetime, rules: ContactRules
) -> None:
    verdict = may_send(ask, rules, SENDING, now)
    may_not = ask.stopped or ask.deceased or not ask.consented or not ask.has_address
    assert isinstance(verdict, Refuse) or not may_not
    if isinstance(verdict, Hold):
        assert now < verdict.until <= now + timedelta(days=US.longest_hold_days + 9)


@given(asks, moments)
def test_hold_ends(ask: Ask, now: datetime) -> None:
    """Asking again at the end of each hold gets an answer after a few turns.

    A message that seems to have left later than now (a clock was put back) counts as just sent
    until that moment has come, so each such week may cost a turn.
    """
    ahead = max([0, *((sent.at - now).days // 7 + 1 for sent in ask.sent)])
    for _turn in range(10 + ahead):
        verdict = may_send(ask, US, SENDING, now)
        if not isinstance(verdict, Hold):
            return
        now = verdict.until
    raise AssertionError("held for ever")


def test_person_who_wants_no_messages_gets_none_and_nothing_waits_for_ever() -> None:
    at = datetime(2026, 3, 4, 18, tzinfo=UTC)
    ask = Ask(channel="sms", purpose="reply", has_address=True, consented=True, own_weekly_cap=0)
    assert may_send(ask, US, SENDING, at) == Refuse("wants_none")
    assert not isinstance(may_send(replace(ask, urgent=True), US, SENDING, at), Refuse)


# -- trying again -------------------------------------------------------------------------------------


def test_waits_grow_and_have_a_ceiling() -> None:
    waits = [wait_after(n, SENDING, 0.5).total_seconds() for n in range(1, SENDING.attempts)]
    assert waits == [30, 90, 270, 810, 2430, 7200, 7200]


@given(st.integers(1, 8), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_its_share(failures: int, luck: float) -> None:
    middle = wait_after(failures, SENDING, 0.5).total_seconds()
    wait = wait_after(failures, SENDING, luck).total_seconds()
    assert 0.75 * middle - 1e-3 <= wait <= 1.25 * middle + 1e-3


def test_provider_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    assert wait_after(1, SENDING, 0.5, asked=600).total_seconds() == 600
    assert wait_after(1, SENDING, 0.5, asked=10**9).total_seconds() == SENDING.longest_wait


def test_message_is_spent_after_its_tries() -> None:
    assert [is_spent(n, SENDING) for n in (0, 7, 8, 9)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("decisions", "outcomes", "receipts", "state"),
    [
        ([], [], [], "waiting"),
        (["held"], [], [], "held"),
        (["held"], ["accepted"], [], "sent"),
        ([], ["failed", ""], [], "waiting"),
        (["refused"], [], [], "refused"),
        (["refused", "retried"], [], [], "waiting"),
        (["gave_up"], ["failed"], [], "gave_up"),
        (["cancelled"], [], [], "cancelled"),
        ([], ["accepted"], ["sent", "queued"], "sent"),
        ([], ["accepted"], ["undelivered", "sent"], "not_delivered"),
        ([], ["accepted"], ["failed", "delivered"], "delivered"),
        ([], [""], ["queued"], "sent"),
    ],
)
def test_state_is_read_off_the_rows(
    decisions: list[str], outcomes: list[str], receipts: list[str], state: str
) -> None:
    assert state_of(decisions, outcomes, receipts) == state


def test_person_may_not_cancel_what_left_nor_retry_what_waits() -> None:
    states = ["waiting", "held", "sent", "delivered", "not_delivered", "gave_up", "refused"]
    assert [s for s in states if may_cancel(s)] == ["waiting", "held", "gave_up"]
    assert [s for s in states if may_retry(s)] == ["not_delivered", "gave_up", "refused"]


def test_rules_not_in_force_are_not_found() -> None:
    with pytest.raises(NoRulesError):
        contact_rules("US", date(1990, 1, 1))
    with pytest.raises(NoRulesError):
        contact_rules("FR", date(2026, 11, 3))


@pytest.mark.parametrize("rules", [US, GB])
def test_every_threshold_names_its_source(rules: ContactRules) -> None:
    named = dict(rules.sources)
    assert all(named[rule] for rule in [rules.quiet_rule, *(cap.rule for cap in rules.caps)])
