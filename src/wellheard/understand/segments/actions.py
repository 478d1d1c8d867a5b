"""Making a version, keeping a forecast, deciding whom to serve more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.understand.facts.slices import Month
from wellheard.understand.segments.forecast import forecast
from wellheard.understand.segments.models import SegmentDecision, SegmentForecast, SegmentVersion
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.queries import made, quarterly, segment_period
from wellheard.understand.segments.rules import SegmentError, check_decision, ranked, read_rules


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A segmentation to be made: a new one, or the next version of the same code."""

    code: str
    title: str
    kind: str
    definition: Mapping[str, Any]
    purpose: str


def make_version(
    new: NewVersion, *, until: date, by: Actor, by_name: str = "", at: datetime
) -> SegmentVersion:
    """Make segments from the whole quarters that ended by ``until``. Raises SegmentError.

    What fails the ethics check (a segment too small, a cluster that does not come back) is not
    kept at all.
    """
    if len(new.purpose.strip()) < 20:
        raise SegmentError("purpose: say in a sentence whom this is to help, and how")
    if new.kind not in SegmentVersion.Kind.values:
        raise SegmentError("kind: rules or clusters")
    period = segment_period(until)
    result = made(by.organisation_id, new.kind, new.definition, period, at)
    stops = [each for each in result["checks"] if each["severity"] == "stop"]
    if stops:
        raise SegmentError(f"{stops[0]['code']}: {_STOPS[stops[0]['code']]} ({stops[0]['about']})")
    with acting(by, at=at) as trail:
        earlier = SegmentVersion.objects.filter(organisation_id=by.organisation_id, code=new.code)
        newest = earlier.aggregate(newest=Max("version"))["newest"] or 0
        version = SegmentVersion.objects.create(
            organisation_id=by.organisation_id,
            code=new.code,
            version=newest + 1,
            title=new.title.strip() or new.code,
            kind=new.kind,
            definition=dict(new.definition),
            purpose=new.purpose.strip(),
            start=period.start.code,
            stop=period.stop.code,
            result=result,
            made_by=by.ref,
            made_by_name=by_name,
            made_at=at,
        )
        trail.write("segments_made", version, code=new.code, version=version.version)
    return version


_STOPS = {
    "small": "a segment is too small to be used",
    "stable": "a segment does not come back when people are drawn again",
}


def keep_forecast(
    version: SegmentVersion, *, until: date, by: Actor, at: datetime
) -> SegmentForecast:
    """Say how large each segment will be, and keep it to be judged. Raises SegmentError."""
    policy = segment_policy()
    if version.kind != SegmentVersion.Kind.RULES:
        raise SegmentError("forecast: only segments by rules have a past to go by")
    rules = read_rules(version.definition, policy)
    stop = Month.containing(until).quarter
    series = quarterly(version.organisation_id, rules, stop)
    lines = [_line(name, values) for name, values in series.items() if _is_long(values)]
    if not lines:
        raise SegmentError(f"forecast: needs {policy.fewest_quarters} quarters in which it shows")
    with acting(by, at=at) as trail:
        kept = SegmentForecast.objects.create(
            organisation_id=version.organisation_id,
            segmentation=version,
            made_at=at,
            from_quarter=stop.code,
            lines=lines,
        )
        trail.write("segments_forecast", kept, code=version.code, version=version.version)
    return kept


def _is_long(values: Sequence[int]) -> bool:
    return len(values) >= segment_policy().fewest_quarters


def _line(name: str, values: Sequence[int]) -> dict[str, Any]:
    found = forecast(values, segment_policy().forecast_quarters)
    return {
        "segment": name,
        "method": found.method,
        "error": round(found.error, 2),
        "naive_error": round(found.naive_error, 2),
        "tests": found.tests,
        "ahead": [[round(x, 1) for x in (a.estimate, a.low, a.high)] for a in found.ahead],
    }


def decide_segments(
    version: SegmentVersion,
    scores: Mapping[str, Mapping[str, float]],
    chosen: Sequence[str],
    *,
    safeguard: str = "",
    by: Actor,
    by_name: str = "",
    at: datetime,
) -> SegmentDecision:
    """Keep which segments are emphasised and why. Raises SegmentError."""
    segments = list(version.result["sizes"])
    under_served = [each for each in version.result["under_served"] if each in segments]
    if set(scores) != set(segments):
        raise SegmentError("scores: every segment of the version needs its scores")
    ranked(scores, segment_policy().criteria, chosen=chosen, under_served=under_served)
    check_decision(segments, chosen, under_served, safeguard)
    with acting(by, at=at) as trail:
        decision = SegmentDecision.objects.create(
            organisation_id=version.organisation_id,
            segmentation=version,
            scores={name: dict(each) for name, each in scores.items()},
            chosen=list(chosen),
            under_served=under_served,
            safeguard=safeguard.strip(),
            policy=segment_policy().name,
            decided_by=by.ref,
            decided_by_name=by_name,
            decided_at=at,
        )
        trail.write("segments_chosen", decision, code=version.code, version=version.version)
    return decision
