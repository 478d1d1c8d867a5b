"""Every way by which people can tell us something, found in what is set up and what came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from wellheard.listen.intake.models import Comment
from wellheard.listen.interviews.models import Conversation, Study
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.panels.models import Advice, ChoiceAnswer, Panel
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.models import SamplePlan
from wellheard.listen.sampling.queries import running_plans
from wellheard.listen.stages.models import StagePlacing
from wellheard.listen.stages.rules import Point, StageLine, gap_map, unplaced
from wellheard.listen.stages.vocabulary import stage_model
from wellheard.people.places.models import Organisation, Place, Touchpoint

_CARDS = ("card", "paper")


def stage_lines(
    organisation: Organisation, *, now: datetime
) -> tuple[list[StageLine], list[Point]]:
    """The gap map, and the points that nobody has put at a stage."""
    points, stages = list(listening_points(organisation, now=now)), stage_model().stages
    return gap_map(stages, points), unplaced(stages, points)


def listening_points(organisation: Organisation, *, now: datetime) -> Iterator[Point]:
    """Every listening point that is set up or spoke within a year, with its voices of late."""
    of, since = organisation.pk, now - timedelta(days=stage_model().quiet_days)
    yield from _places(of, since, now)
    yield from _touchpoints(of, since, now)
    yield from _sources(of, since, now)
    yield from _surveys(of, since, now)
    yield from _panels(of, since, now)
    yield from _interviews(of, since, now)


def placings(organisation_id: int) -> dict[tuple[int | None, str], str]:
    """(touchpoint, survey) to the stage it was put at; the newest placing holds."""
    rows = StagePlacing.objects.filter(organisation_id=organisation_id)
    return {(row.touchpoint_id, row.instrument): row.stage for row in rows}


def _places(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    """The cards of places, kind by kind: a desk is met on arrival, a ward while care is given."""
    kinds = Place.objects.of(of).open().order_by().values_list("kind", flat=True).distinct()
    cards = Comment.objects.filter(organisation_id=of, source__in=_CARDS, touchpoint=None)
    heard = _heard(cards, "place__kind", since, now)
    for kind in kinds:
        voices, last_at = heard.get(kind, (0, None))
        stage = stage_model().places.get(kind, "")
        yield Point(kind="cards", code=kind, stage=stage, voices=voices, last_at=last_at)


def _touchpoints(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    placed = placings(of)
    cards = Comment.objects.filter(organisation_id=of, source__in=_CARDS)
    said = _heard(cards.exclude(touchpoint=None), "touchpoint_id", since, now)
    answers = Response.objects.filter(organisation_id=of).exclude(touchpoint=None)
    answered = _heard(answers, "touchpoint_id", since, now)
    spots = Touchpoint.objects.open().filter(organisation_id=of).select_related("place")
    for spot in spots:
        counts = [each.get(spot.pk, (0, None)) for each in (said, answered)]
        moments = [at for _count, at in counts if at is not None]
        yield Point(
            kind="touchpoint",
            code=str(spot.pk),
            name=f"{spot.name} · {spot.place.name}",
            stage=placed.get((spot.pk, ""), stage_model().places.get(spot.place.kind, "")),
            voices=sum(count for count, _at in counts),
            last_at=max(moments, default=None),
        )


def _sources(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    """Ways that show only by what came through them."""
    names = stage_model().sources
    heard = _heard(
        Comment.objects.filter(organisation_id=of, source__in=names), "source", since, now
    )
    for source, (voices, last_at) in heard.items():
        yield Point(kind="source", code=source, stage=names[source], voices=voices, last_at=last_at)


def _surveys(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    """Surveys of running plans and of kiosks, and those that were answered within a year."""
    placed = placings(of)
    heard = _heard(Response.objects.filter(organisation_id=of), "instrument", since, now)
    plans = SamplePlan.objects.filter(pk__in=running_plans(of)).values_list("instrument", flat=True)
    shown = Kiosk.objects.filter(organisation_id=of).exclude(device_key=None)
    kiosks = shown.exclude(instrument="").values_list("instrument", flat=True)
    for code in sorted({*heard, *plans, *kiosks}):
        voices, last_at = heard.get(code, (0, None))
        stage = placed.get((None, code), stage_model().instruments.get(code, ""))
        yield Point(kind="survey", code=code, stage=stage, voices=voices, last_at=last_at)


def _panels(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    told = ChoiceAnswer.objects.filter(organisation_id=of, told_on__gte=since.date())
    choices = dict(told.order_by().values_list("panel_id").annotate(Count("pk")))
    given = Advice.objects.filter(organisation_id=of, given_at__gte=since, given_at__lte=now)
    advice = dict(given.order_by().values_list("panel_id").annotate(Count("pk")))
    for panel in Panel.objects.filter(organisation_id=of):
        yield Point(
            kind="panel",
            code=str(panel.pk),
            name=panel.name,
            stage=stage_model().panels.get(panel.kind, ""),
            voices=choices.get(panel.pk, 0) + advice.get(panel.pk, 0),
        )


def _interviews(of: int, since: datetime, now: datetime) -> Iterator[Point]:
    talks = Conversation.objects.filter(kept_at__gte=since, kept_at__lte=now)
    counts = dict(talks.order_by().values_list("study_id").annotate(Count("pk")))
    for study in Study.objects.filter(organisation_id=of):
        yield Point(
            kind="study",
            code=str(study.pk),
            name=study.title,
            stage=stage_model().interviews,
            voices=counts.get(study.pk, 0),
        )


def _heard(
    rows: QuerySet[Any], by: str, since: datetime, now: datetime
) -> dict[Any, tuple[int, datetime]]:
    """By one column: how many came since, and when the last of a year came."""
    known = now - timedelta(days=stage_model().known_days)
    found = (
        rows.filter(received_at__gt=known, received_at__lte=now)
        .order_by()
        .values(by)
        .annotate(voices=Count("pk", filter=Q(received_at__gte=since)), last=Max("received_at"))
        .values_list(by, "voices", "last")
    )
    return {value: (count, last) for value, count, last in found}
