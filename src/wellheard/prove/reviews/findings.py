"""Looking at everything: each measure of each place by its chart's rules, and rising themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from wellheard.people.places.models import Place
from wellheard.prove.charts.presenters.sentences import sentence
from wellheard.prove.charts.queries import monthly_series, series_by_place
from wellheard.prove.charts.rules import (
    Series,
    chart_of,
    chart_policy,
    latest_signal,
    may_chart,
)
from wellheard.prove.reviews.rules import Found
from wellheard.understand.scores.queries import measures
from wellheard.understand.themes.queries import rising_themes
from wellheard.understand.themes.rules import Rise
from wellheard.understand.themes.vocabulary import theme_name


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and among how many charts and themes."""

    found: tuple[Found, ...]
    looked_at: int


def look(organisation_id: int, *, until: date, now: datetime) -> Looked:
    """Every measure of the organisation and of each open place, and rising themes."""
    series = list(_all_series(organisation_id, until))
    charted = [(place, each) for place, each in series if may_chart(each, chart_policy())]
    from_charts = [found for place, each in charted if (found := _from_chart(place, each))]
    rises = rising_themes(organisation_id, None, now=now)
    names = dict(Place.objects.of(organisation_id).values_list("pk", "name"))
    from_themes = [_from_rise(rise, names) for rise in rises]
    return Looked((*from_charts, *from_themes), len(charted))


def _all_series(organisation_id: int, until: date) -> Iterator[tuple[Place | None, Series]]:
    places = {place.pk: place for place in Place.objects.of(organisation_id).open()}
    for measure in measures(organisation_id, on=until).values():
        yield None, monthly_series(organisation_id, measure, until=until)
        by_place = series_by_place(organisation_id, measure, until=until, places=places)
        for place_id, series in by_place.items():
            yield places[place_id], series


def _from_chart(place: Place | None, series: Series) -> Found | None:
    chart = chart_of(series, chart_policy())
    signal = latest_signal(chart)
    if signal.verdict not in ("better", "worse"):
        return None
    said = sentence(series, chart)
    return Found(
        place_id=place.pk if place else None,
        kind=signal.verdict,
        subject=series.measure.code,
        says=(f"{place.name}. {said}" if place else said)[:400],
        data={
            "measure": series.measure.code,
            "version": series.measure.version,
            "method": chart.method,
            "rules": chart.rules,
            "signal": signal.kind,
            "centre": round(chart.centre[-1], 6),
            "points": [
                [point.start.isoformat(), point.stop.isoformat(), point.n, point.score.estimate]
                for point in series.points
            ],
        },
    )


def _from_rise(rise: Rise, names: dict[int, str]) -> Found:
    counted = rise.counted
    place_id, theme = int(counted.key[0]), str(counted.key[1])
    words = (
        f"{names.get(place_id, '')}. {theme_name(theme)}: {counted.recent} of "
        f"{counted.recent_of} recent comments, before {counted.before} of {counted.before_of}."
    )
    return Found(
        place_id=place_id,
        kind="rising",
        subject=theme,
        says=words[:400],
        data={
            "recent": [counted.recent, counted.recent_of],
            "before": [counted.before, counted.before_of],
            "p": round(rise.p, 6),
        },
    )
