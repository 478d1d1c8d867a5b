"""Clocks of a case: started by what arrives or is promised, met by what is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from wellheard.resolve.complaints.models import Case, Clock
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.rules.deadlines import (
    Due,
    applies,
    due_from,
    moment_after,
)
from wellheard.resolve.complaints.rules.priority import PriorityModel, first_reply_count

FIRST_REPLY = "first_reply"
_REPLIES = frozenset({"contact", "decision_letter", "interim_letter", "handling_plan", "closure"})
_WORDS_FROM_US = frozenset({"acknowledgement", "interim_letter", "handling_plan", "contact"})


def start_clocks(case: Case, start: datetime) -> None:
    """Start what runs from receipt (or from reopening) for a case of this class and tier."""
    keep_clocks(case, clocks_from(case, start))


def clocks_from(
    case: Case,
    start: datetime,
    tier_since: datetime | None = None,
    model: PriorityModel | None = None,
) -> list[Due]:
    """The clocks that a case of this class, tier and channel has when it counts from `start`.

    `model`: the priority model in force, for one who has it at hand."""
    since = tier_since or start
    dues = [
        due_from(clock, since if clock.tiers else start, case.zone, case.holidays_in)
        for clock in pack_of(case).clocks
        if clock.starts in {"received", "last_word"}
        and applies(clock, case.klass, case.tier, case.channel)
    ]
    return [*dues, first_reply(case, since, model)]


def first_reply(case: Case, start: datetime, model: PriorityModel | None = None) -> Due:
    """The clock for the first word from a person, by the priority model in force."""
    model = model or priority_in_force(case.organisation_id)
    count = first_reply_count(case.kind, case.tier, case.channel, model)
    due_at = moment_after(start, count, case.zone, case.holidays_in)
    warn_at = moment_after(start, model.tiers[case.tier].warn_after, case.zone, case.holidays_in)
    return Due(
        FIRST_REPLY, "First reply", "PRIORITY", False, start, min(warn_at, due_at), due_at, count
    )


def keep_clocks(case: Case, dues: Iterable[Due]) -> None:
    """Keep clocks that are not there yet; safe to repeat."""
    Clock.objects.bulk_create([clock_row(case, due) for due in dues], ignore_conflicts=True)


def clock_row(case: Case, due: Due) -> Clock:
    """The row of one clock, not yet kept."""
    return Clock(
        organisation_id=case.organisation_id,
        case=case,
        code=due.code,
        label=due.label,
        clause=due.clause,
        duty=due.duty,
        unit=due.count.unit,
        number=due.count.number,
        starts_at=due.starts_at,
        warn_at=due.warn_at,
        due_at=due.due_at,
    )


def meet(case: Case, done: str, at: datetime) -> None:
    """Note that the step `done` was taken at `at`: meet, replace and restart what it concerns."""
    pack = pack_of(case)
    met = [clock.code for clock in pack.clocks if done in clock.met_by]
    replaced = [clock.code for clock in pack.clocks if done == clock.replaced_by]
    running = case.clocks.running()
    running.filter(code__in=met).update(met_at=at)
    running.filter(code__in=replaced).update(replaced_at=at)
    if done in _REPLIES:
        running.filter(code=FIRST_REPLY).update(met_at=at)
    if done in _WORDS_FROM_US:
        _restart_word(case, at)


def _restart_word(case: Case, at: datetime) -> None:
    for clock in pack_of(case).clocks:
        running = case.clocks.running().filter(code=clock.code)
        if clock.starts == "last_word" and running.exclude(starts_at=at).exists():
            running.update(met_at=at)
            keep_clocks(case, [due_from(clock, at, case.zone, case.holidays_in)])


def unmeet(case: Case, at: datetime) -> None:
    """Take back what a step at exactly `at` met or replaced: the step was called back or failed."""
    case.clocks.filter(met_at=at).update(met_at=None)
    case.clocks.filter(replaced_at=at).update(replaced_at=None)


def start_promised(case: Case, trigger: str, days: int, at: datetime) -> None:
    """Start the clock of a number of days we stated, e.g. in an interim letter."""
    for clock in pack_of(case).clocks:
        if clock.starts == trigger and case.klass in clock.classes and days > 0:
            running = case.clocks.running().filter(code=clock.code)
            # A new promise does not wipe out an older one that was already broken.
            running.filter(due_at__gt=at).update(replaced_at=at)
            due = due_from(clock, at, case.zone, case.holidays_in, stated_days=days)
            keep_clocks(case, [due])


def stop_clocks(case: Case, at: datetime) -> None:
    """Stop what still runs, because the case ended; a late one stays visibly late."""
    case.clocks.running().update(replaced_at=at)


def recount(case: Case, at: datetime, *, tier_since: datetime | None = None) -> None:
    """Bring the clocks in line with a new class or tier; what was late already stays as it is.

    `tier_since` is when the tier was raised: what the tier demands counts from then.
    """
    wanted = {due.code: due for due in clocks_from(case, case.received_at, tier_since)}
    for clock in case.clocks.running().filter(due_at__gt=at, starts_at=case.received_at):
        due = wanted.get(clock.code)
        if due is None or due.due_at != clock.due_at:
            case.clocks.filter(pk=clock.pk).update(replaced_at=at)
    done = set(case.clocks.filter(met_at__isnull=False).values_list("code", flat=True))
    for due in wanted.values():
        if due.code not in done:
            _run(case, due)


def _run(case: Case, due: Due) -> None:
    """Start this clock, or let it run on when it was stopped before."""
    same = case.clocks.filter(code=due.code, starts_at=due.starts_at, due_at=due.due_at)
    if not same.update(replaced_at=None):
        keep_clocks(case, [due])


def mark_late(case: Case, now: datetime) -> int:
    """Note on each running clock that it is late; once noted, it stays noted."""
    late = case.clocks.running().filter(due_at__lte=now, late_at__isnull=True)
    return late.update(late_at=F("due_at"))
