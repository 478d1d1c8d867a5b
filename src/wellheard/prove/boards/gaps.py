"""How groups of people answered, side by side, never a group that could be somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import newcombe
from wellheard.people.places.models import Site
from wellheard.prove.charts.presenters.sentences import figure_of
from wellheard.understand.equity.vocabulary import attribute_names, group_name
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Row, Slice
from wellheard.understand.scores.adjusted import adjusted_by_site
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class GapLine:
    """One group: its figure, and the difference to the largest group with its interval."""

    name: str
    figure: str
    gap: str
    is_reference: bool
    is_low: bool


@dataclass(frozen=True, slots=True)
class GapTable:
    """Groups by one attribute over four whole quarters, first to last day, the largest first."""

    segment: str
    choices: tuple[tuple[str, str], ...]
    lines: tuple[GapLine, ...]
    withheld: bool
    start: date
    stop: date
    policy: str
    minimum: int


def gap_table(organisation_id: int, measure: Measure, segment: str, *, until: date) -> GapTable:
    """The table of one measure by one attribute, over whole quarters that ended by ``until``."""
    stop = Month.containing(until).quarter
    period = Period.ending(stop, _MONTHS)
    table = tabulate(Slice(organisation_id, measure.item, period, (segment,)))  # type: ignore[arg-type]  # checked against SEGMENTS by the slice
    rows = sorted(table.rows, key=lambda row: -row.counts.n)
    return GapTable(
        segment=segment,
        choices=tuple(attribute_names().items()),
        lines=tuple(_line(measure, segment, row, rows[0]) for row in rows if row.counts.n),
        withheld=table.withheld,
        start=period.start.first_day,
        stop=period.stop.first_day - timedelta(days=1),
        policy=table.policy,
        minimum=table.minimum,
    )


@dataclass(frozen=True, slots=True)
class AdjustedLine:
    """One site as it is, and as it would be with everybody's mix of people."""

    name: str
    figure: str
    adjusted: str
    how: str


def adjusted_lines(organisation_id: int, measure: Measure, *, until: date) -> list[AdjustedLine]:
    """Sites over the last four whole quarters, raw and adjusted; empty without a model."""
    period = Period.ending(Month.containing(until).quarter, _MONTHS)
    adjusted = adjusted_by_site(organisation_id, measure, period)
    if len(adjusted) < 2:
        return []
    table = tabulate(Slice(organisation_id, measure.item, period, ("site",)))
    raw = {int(row.key[0]): scored(measure, row.counts) for row in table.rows}
    sites = Site.objects.filter(pk__in=list(adjusted)).order_by("name")
    return [
        AdjustedLine(
            name=site.name,
            figure=figure_of(score) if (score := raw.get(site.pk)) else "",
            adjusted=figure_of(adjusted[site.pk]),
            how=adjusted[site.pk].adjustment,
        )
        for site in sites
    ]


def _line(measure: Measure, table_by: str, row: Row, reference: Row) -> GapLine:
    score = scored(measure, row.counts)
    return GapLine(
        name=group_name(table_by, str(row.key[0])),
        figure=figure_of(score) if score else "",
        gap="" if row is reference else _gap(measure, row, reference),
        is_reference=row is reference,
        is_low=row.low,
    )


def _gap(measure: Measure, row: Row, reference: Row) -> str:
    """The difference in points; only shares have an interval for it here."""
    if measure.statistic != "top_box":
        return ""
    found = newcombe(
        row.counts.among(measure.best),
        row.counts.n,
        reference.counts.among(measure.best),
        reference.counts.n,
    )
    return _("%(gap)s points (%(interval)s)") % {
        "gap": figures.signed(100 * found.estimate, 0),
        "interval": figures.interval(100 * found.low, 100 * found.high),
    }
