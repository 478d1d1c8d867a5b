"""Reading plans, waves, work lists, response rates, silence and the health of collection."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet

from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.models import (
    ModeStep,
    SampleMember,
    SampleMemberQuerySet,
    SamplePlan,
    Wave,
)
from wellheard.listen.sampling.vocabulary import limits
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.places.models import Organisation, Place
from wellheard.people.preferences.models import StatedPreference
from wellheard.people.visits.models import Visit

_ASKED_AT_ONCE = 900
GROUPS = ("place", "language", "age_band", "sex", "ethnicity", "payer")
_STATES = {
    "approved": "running",
    "resumed": "running",
    "declined": "declined",
    "paused": "paused",
    "stopped": "stopped",
}


def plan_state(plan: SamplePlan) -> str:
    """proposed, running, paused, stopped or declined: what the newest step says."""
    newest = plan.steps.order_by("-pk").values_list("kind", flat=True).first()
    return _STATES[newest] if newest else "proposed"


@dataclass(frozen=True, slots=True)
class Reach:
    """How a patient can be reached and wants to be: ``reachable`` of email, sms, phone."""

    language: str
    reachable: frozenset[str]
    wish: str


def people_of(patient_ids: Collection[int], at: datetime) -> dict[int, Reach]:
    """Each patient's language, ways and wish; a confidential contact takes the place of all."""
    contacts: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    wishes: dict[int, str] = {}
    languages: dict[int, str] = {}
    for some in _chunks(patient_ids):
        points = ContactPoint.objects.open().filter(patient_id__in=some)
        for patient_id, kind, private in points.values_list("patient_id", "kind", "confidential"):
            contacts[patient_id].append((kind, private))
        stated = StatedPreference.objects.filter(patient_id__in=some)
        wishes.update(stated.values_list("patient_id", "channel"))
        languages.update(Patient.objects.filter(pk__in=some).values_list("pk", "language"))
    found = {}
    for patient_id, language in languages.items():
        known = contacts[patient_id]
        kinds = {k for k, private in known if private} or {k for k, _ in known}
        ways = frozenset(kinds | ({"phone"} if "sms" in kinds else set()))
        found[patient_id] = Reach(language, ways, wishes.get(patient_id, ""))
    return found


def work_list(organisation_id: int, mode: str, *, now: datetime) -> QuerySet[ModeStep]:
    """Open steps of one mode (paper, phone) that are due, of running plans, oldest first.

    The hospital's own number of the visit (``member.visit.external_id``) is how an address is
    found: none is kept here.
    """
    steps = ModeStep.objects.filter(
        organisation_id=organisation_id, mode=mode, closed_at=None, due_at__lte=now
    )
    return (
        steps.filter(member__ended_as="", member__wave__plan_id__in=running_plans(organisation_id))
        .select_related("member__visit", "member__place", "member__wave__plan", "member__patient")
        .order_by("due_at", "pk")
    )


def running_plans(organisation_id: int) -> list[int]:
    """Plans that may ask today."""
    plans = SamplePlan.objects.filter(organisation_id=organisation_id)
    return [plan.pk for plan in plans if plan_state(plan) == "running"]


def member_of(invitation_id: int) -> SampleMember | None:
    """The drawn person behind a link."""
    return SampleMember.objects.filter(invitation_id=invitation_id).first()


@dataclass(frozen=True, slots=True)
class WaveFigures:
    """How a wave stands. Counts are of people; ``rates``: RR1 to RR6 with n and interval."""

    drawn: int
    sent: int
    opened: int
    started: int
    finished: int
    partial: int
    refused: int
    undeliverable: int
    ineligible: int
    open: int
    dispositions: rules.Dispositions
    rates: Sequence[rules.ResponseRate]


def wave_figures(members: SampleMemberQuerySet) -> WaveFigures:
    """Figures of these members, everyone counted once."""
    counts = members.aggregate(
        drawn=Count("pk"),
        opened=Count("pk", filter=_OPENED),
        started=Count("pk", filter=Q(invitation__begun_at__isnull=False) | _ANSWERED),
        finished=Count("pk", filter=_COMPLETE),
        partial=Count("pk", filter=_ANSWERED & Q(invitation__response__complete=False)),
        refused=Count("pk", filter=Q(ended_as="refused") & ~_ANSWERED),
        died=Count("pk", filter=Q(ended_as="died") & ~_ANSWERED),
        ineligible=Count("pk", filter=Q(ended_as="ineligible") & ~_ANSWERED),
        unreachable=Count("pk", filter=Q(ended_as="unreachable") & ~_ANSWERED),
        open=Count("pk", filter=Q(ended_as="") & ~_ANSWERED),
    )
    # A join of steps would count people more than once.
    sent = ModeStep.objects.filter(
        member__in=members.values("pk"), outcome__in=["queued", "done"]
    ).aggregate(n=Count("member", distinct=True))["n"]
    known = counts["finished"] + counts["partial"] + counts["refused"] + counts["died"]
    silent = counts["drawn"] - known - counts["ineligible"] - counts["unreachable"]
    found = rules.Dispositions(
        complete=counts["finished"],
        partial=counts["partial"],
        refused=counts["refused"],
        silent=silent,
        other=0,
        unknown=counts["unreachable"],
        # Whoever died before they could answer is not eligible, as in HCAHPS.
        ineligible=counts["ineligible"] + counts["died"],
    )
    return WaveFigures(
        drawn=counts["drawn"],
        sent=sent,
        opened=counts["opened"],
        started=counts["started"],
        finished=counts["finished"],
        partial=counts["partial"],
        refused=counts["refused"],
        undeliverable=counts["unreachable"],
        ineligible=found.ineligible,
        open=counts["open"],
        dispositions=found,
        rates=rules.response_rates(found),
    )


# Who answered without a name sent all there was; more is not known.
UNNAMED = Q(invitation__ended_as="sent")
_ANSWERED = Q(invitation__response__isnull=False) | UNNAMED
_COMPLETE = Q(invitation__response__complete=True) | UNNAMED
_OPENED = Q(invitation__opened_at__isnull=False) | Q(invitation__begun_at__isnull=False) | _ANSWERED


@dataclass(frozen=True, slots=True)
class Stop:
    """Where people stopped: after which item, on which class of device, how many."""

    item: str
    device: str
    people: int


def drop_off(members: SampleMemberQuerySet) -> list[Stop]:
    """Where those stopped who began and did not send, most first."""
    begun = Invitation.objects.filter(
        sample_member__in=members.values("pk"), begun_at__isnull=False
    ).filter(Q(response=None) | Q(response__complete=False))
    rows = begun.values_list("last_item", "device").annotate(n=Count("pk")).order_by("-n")
    return [Stop(*row) for row in rows]


def device_figures(members: SampleMemberQuerySet) -> list[tuple[str, int, int]]:
    """(class of device, opened, finished), by those who opened the link."""
    rows = (
        Invitation.objects.filter(sample_member__in=members.values("pk"), opened_at__isnull=False)
        .values_list("device")
        .annotate(
            opened=Count("pk"),
            finished=Count("pk", filter=Q(response__isnull=False, response__complete=True)),
        )
        .order_by("device")
    )
    return [(str(d), int(o), int(f)) for d, o, f in rows]


def heard_in(
    visits: QuerySet[Visit], members: SampleMemberQuerySet, group: str
) -> list[rules.Heard]:
    """Who was treated and who answered, by one attribute of the visit.

    Where places are drawn at different rates, those who answered count by the inverse of their
    chance would; here people are counted: the question is who is heard, not what the mean is.
    """
    column = "place_id" if group == "place" else group
    treated = Counter(
        {str(v): n for v, n in visits.values_list(column).annotate(n=Count("pk")).order_by() if v}
    )
    rows = (
        members.filter(_ANSWERED).values_list(f"visit__{column}").annotate(n=Count("pk")).order_by()
    )
    heard = {str(v): n for v, n in rows if v}
    names = _place_names(treated) if group == "place" else {}
    found = rules.heard_by_group(
        treated,
        heard,
        below=limits().representation_below,
        minimum=limits().minimum_group,
    )
    if not names:
        return found
    return [_renamed(each, names) for each in found]


def _renamed(each: rules.Heard, names: Mapping[str, str]) -> rules.Heard:
    return rules.Heard(
        names.get(each.value, each.value),
        each.treated,
        each.heard,
        each.representation,
        each.low,
        each.high,
        each.silent,
        each.hidden,
    )


def _place_names(treated: Mapping[str, int]) -> dict[str, str]:
    rows = Place.objects.filter(pk__in=[int(pk) for pk in treated]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One line of the method matrix: which people are asked how, and how well that does."""

    plan: str
    language: str
    modes: tuple[str, ...]
    first_days: int
    asked: int
    answered: int
    complete: int


def method_matrix(organisation_id: int, *, since: datetime) -> list[MatrixLine]:
    """By plan, language and way: how many were asked, answered, answered to the end. Generated
    from what was fielded, not from what was intended."""
    rows = (
        SampleMember.objects.filter(organisation_id=organisation_id, starts_at__gte=since)
        .exclude(ended_as__in=["died", "ineligible"])
        .values_list("wave__plan__name", "language", "way")
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=_ANSWERED),
            complete=Count("pk", filter=_COMPLETE),
        )
        .order_by("wave__plan__name", "language", "-asked")
    )
    lines = []
    for plan, language, stored, asked, answered, complete in rows:
        way = rules.read_way(stored)
        lines.append(
            MatrixLine(
                plan,
                language,
                tuple(mode for mode, _ in way),
                way[0][1] if way else 0,
                asked,
                answered,
                complete,
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class WeekAhead:
    """What the running plans will do in one week: steps by mode."""

    starts_on: date
    by_mode: Mapping[str, int]


def calendar(organisation_id: int, *, now: datetime, weeks: int = 8) -> list[WeekAhead]:
    """Steps that stand open or will follow when nobody answers, by week; the most there can be."""
    first = (now - timedelta(days=now.weekday())).date()
    ahead = [(first + timedelta(days=7 * n)) for n in range(weeks)]
    counts: dict[date, Counter[str]] = {week: Counter() for week in ahead}
    rows = (
        SampleMember.objects.open()
        .filter(organisation_id=organisation_id, wave__plan_id__in=running_plans(organisation_id))
        .annotate(done=Max("steps__number", filter=Q(steps__closed_at__isnull=False)))
        .values_list("way", "starts_at", "closes_at", "done")
    )
    for stored, starts_at, closes_at, done in rows.iterator(chunk_size=5000):
        for mode, days in rules.read_way(stored)[done or 0 :]:
            due = max(starts_at + timedelta(days=days), now)
            week = (due - timedelta(days=due.weekday())).date()
            if due < closes_at and week in counts:
                counts[week][mode] += 1
    return [WeekAhead(week, dict(counts[week])) for week in ahead]


@dataclass(frozen=True, slots=True)
class Feed:
    """One source of voices or visits. ``lag``: median hours between when it happened and when it
    was kept; ``expected``: how many should have come since the last one; ``silent``: that this
    wait is odd at the feed's own pace."""

    code: str
    last_at: datetime
    last_day: int
    usual: float
    lag: float | None
    expected: float
    silent: bool


def feeds(organisation: Organisation, *, now: datetime) -> list[Feed]:
    """Every feed that spoke within the days looked at, with its usual pace by weekday."""
    since = now - timedelta(days=limits().health_days + 1)
    zone = ZoneInfo(organisation.zone)
    found = []
    for code, moments in sorted(_moments(organisation.pk, since, now).items()):
        found.append(_feed(code, moments, since, now, zone))
    return found


def _moments(
    organisation_id: int, since: datetime, now: datetime
) -> dict[str, list[tuple[datetime, datetime]]]:
    """Feed to (happened, kept) of each row kept since."""
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    sources: list[tuple[str, QuerySet[Any], str, str, str]] = [
        ("comments", Comment.objects.all(), "source", "received_at", "recorded_at"),
        ("responses", Response.objects.all(), "mode", "received_at", "recorded_at"),
        ("visits", Visit.objects.all(), "kind", "ended_at", "recorded_at"),
    ]
    for name, rows, kind, happened, kept in sources:
        mine = rows.filter(
            **{
                "organisation_id": organisation_id,
                f"{happened}__gt": since,
                f"{happened}__lte": now,
            }
        )
        for each, at, kept_at in mine.values_list(kind, happened, kept).iterator(chunk_size=5000):
            found[f"{name}:{each}"].append((at, kept_at))
    sent = Message.objects.filter(
        organisation_id=organisation_id, purpose="survey", queued_at__gt=since, queued_at__lte=now
    )
    for at in sent.values_list("queued_at", flat=True):
        found["invitations:sent"].append((at, at))
    return found


def _feed(
    code: str,
    moments: Sequence[tuple[datetime, datetime]],
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> Feed:
    """A feed's pace, from whole days before the last one."""
    last_at = max(at for at, _ in moments)
    yesterday = now - timedelta(days=1)
    usual = Counter(at.astimezone(zone).weekday() for at, _ in moments if at <= yesterday)
    first = max(since, min(at for at, _ in moments))
    weeks = max((yesterday - first).total_seconds() / 604_800, 1.0)
    pace = {day: usual[day] / weeks for day in range(7)}
    lags = [(kept - at).total_seconds() / 3600 for at, kept in moments if kept >= at]
    expected = sum(pace[day] * part for day, part in _days_between(last_at, now, zone))
    return Feed(
        code,
        last_at,
        sum(at > yesterday for at, _ in moments),
        sum(pace.values()) / 7,
        median(lags) if lags else None,
        expected,
        rules.silence_is_odd(
            expected,
            limits().silence_chance,
            hours=(now - last_at).total_seconds() / 3600,
            least_hours=limits().silence_hours,
        ),
    )


def _days_between(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, float]]:
    """(weekday, part of the day) of each day from start to end."""
    moment = start.astimezone(zone)
    last = end.astimezone(zone)
    while moment < last:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(midnight, last)
        yield moment.weekday(), (until - moment).total_seconds() / 86_400
        moment = until


def weights_of(wave: Wave) -> list[tuple[int, float]]:
    """(response, chance of having been drawn) of everybody who answered, for the design weights;
    of nobody who answered without a name."""
    rows = SampleMember.objects.filter(wave=wave, invitation__response__isnull=False)
    return list(
        rows.annotate(answer=F("invitation__response_id")).values_list("answer", "probability")
    )


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    each = list(ids)
    for start in range(0, len(each), _ASKED_AT_ONCE):
        yield each[start : start + _ASKED_AT_ONCE]
