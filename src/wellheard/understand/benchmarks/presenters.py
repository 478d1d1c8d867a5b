"""A hospital beside its state and the nation, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.benchmarks.queries import Beside, Comparison, known_measures
from wellheard.understand.benchmarks.rules import Figure, Standing


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of a hospital, ready for the table."""

    measure: str
    title: str
    value: str
    state: str
    state_gap: str
    nation: str
    nation_gap: str
    standing: str
    decile: str
    footnotes: tuple[str, ...]
    is_share: bool


def lines_of(comparisons: Iterable[Comparison]) -> list[Line]:
    """The table's rows; what may not be compared says why."""
    return [_line(each) for each in comparisons]


def _line(each: Comparison) -> Line:
    unit = _unit(each.hospital.measure)
    ranked = each.standing if _more_is_better(each.hospital.measure) else None
    return Line(
        measure=each.hospital.measure,
        title=title_of(each.hospital.measure),
        value=_shown(each.hospital.value, unit),
        state=_beside(each.state, unit),
        state_gap=_gap(each.hospital, each.state),
        nation=_beside(each.nation, unit),
        nation_gap=_gap(each.hospital, each.nation),
        standing=_standing(ranked),
        decile=_shown(ranked.top_decile, unit) if ranked else "",
        footnotes=each.hospital.footnotes,
        is_share=unit == "%" and each.hospital.value is not None,
    )


def title_of(measure: str) -> str:
    """What a published measure is called; its own code when it is not known."""
    page = known_measures()
    if measure in page["titles"]:
        return str(page["titles"][measure])
    known = page["measures"].get(measure)
    return str(known["answer"]) if known else measure.replace("_", " ").capitalize()


def _unit(measure: str) -> str:
    return "" if "LINEAR" in measure or "STAR" in measure else "%"


def _shown(value: float | None, unit: str) -> str:
    return figures.with_unit(value, unit) if value is not None else _("not published")


def _beside(beside: Beside, unit: str) -> str:
    if beside.figure is not None:
        return _shown(beside.figure.value, unit)
    return {
        "period": _("other period"),
        "survey": _("other survey"),
        "absent": figures.NO_VALUE,
    }[beside.refused]


def _gap(own: Figure, beside: Beside) -> str:
    if beside.figure is None or own.value is None or beside.figure.value is None:
        return ""
    return figures.signed(own.value - beside.figure.value, 0)


def _more_is_better(measure: str) -> bool:
    """Whether a high value is good: a lower box has no "top tenth"."""
    known = known_measures()["measures"].get(measure)
    return bool(known["best"]) if known else not _unit(measure)


def _standing(ranked: Standing | None) -> str:
    if ranked is None:
        return ""
    return _("higher than %(share)s of %(of)s hospitals") % {
        "share": figures.percent(ranked.percentile),
        "of": figures.number(ranked.of),
    }


def footnotes_in(lines: Iterable[Line], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The footnotes that the lines carry, each once, in words."""
    codes = dict.fromkeys(code for line in lines for code in line.footnotes)
    return [(code, texts.get(code, _("no explanation was published"))) for code in codes]


def period_words(start: date, end: date) -> str:
    """ "1 October 2022 to 30 September 2023"."""
    return _("%(start)s to %(end)s") % {
        "start": figures.long_date(start),
        "end": figures.long_date(end),
    }
