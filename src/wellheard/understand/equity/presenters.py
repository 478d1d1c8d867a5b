"""Gaps, reach and re-tests as plain values and sentences for the pages and the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.equity.queries import LongerGaps, ReachOf, RetestLine
from wellheard.understand.equity.rules import AttributeGaps, Gap, Reach, Retest
from wellheard.understand.equity.vocabulary import attribute_names, group_name, verdict_words
from wellheard.understand.scores.rules import Measure

_KINDS = {
    "worse": "worse",
    "better": "better",
    "no_difference_shown": "plain",
    "reference": "plain",
}
CSV_COLUMNS = (
    "measure", "site", "attribute", "group", "n", "estimate", "low", "high", "difference",
    "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high", "p_adjusted",
    "verdict",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GapLine:
    """One group in a table of gaps."""

    name: str
    value: str
    score: str
    difference: str
    ratio: str
    verdict: str
    kind: str
    is_low: bool
    is_reference: bool


@dataclass(frozen=True, slots=True)
class AttributeTable:
    """One attribute's groups, ready for the page."""

    code: str
    name: str
    lines: tuple[GapLine, ...]
    withheld: bool


def attribute_tables(measure: Measure, pages: Sequence[AttributeGaps]) -> list[AttributeTable]:
    """Each attribute with its lines; without lines there were too few to compare."""
    names = attribute_names()
    return [
        AttributeTable(
            page.attribute,
            names[page.attribute],
            tuple(_line(measure, page.attribute, gap) for gap in page.gaps)
            if len(page.gaps) > 1
            else (),
            page.withheld,
        )
        for page in pages
    ]


def _line(measure: Measure, attribute: str, gap: Gap) -> GapLine:
    return GapLine(
        name=group_name(attribute, gap.group),
        value=gap.group,
        score=score_words(measure, gap),
        difference=_points(gap.difference, gap.low, gap.high),
        ratio=_ratio(gap.ratio, gap.ratio_low, gap.ratio_high),
        verdict=verdict_words(gap.verdict),
        kind=_KINDS[gap.verdict],
        is_low=gap.score.is_low,
        is_reference=gap.verdict == "reference",
    )


@dataclass(frozen=True, slots=True)
class LongerLine:
    """A small group over its window, as a line of a table: ``start`` and the last day ``end``."""

    attribute: str
    line: GapLine
    reference: str
    start: date
    end: date


def longer_lines(measure: Measure, found: Sequence[LongerGaps]) -> list[LongerLine]:
    """Small groups, each with the dates of its window."""
    names = attribute_names()
    return [
        LongerLine(
            names[each.page.attribute],
            _line(measure, each.page.attribute, gap),
            group_name(each.page.attribute, each.page.gaps[0].group),
            each.period.start.first_day,
            each.period.stop.first_day - timedelta(days=1),
        )
        for each in found
        for gap in each.page.gaps
        if gap.group in each.groups
    ]


def score_words(measure: Measure, gap: Gap) -> str:
    """``78 % (n 412, 74-82)``."""
    score = gap.score
    unit = "%" if measure.statistic == "top_box" else ""
    return figures.figure(score.estimate, n=score.n, low=score.low, high=score.high, unit=unit)


def _points(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    return f"{figures.signed(value, 0)} ({figures.interval(low, high)})"


def _ratio(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    return f"{figures.number(value, 2)} ({figures.interval(low, high, 2)})"


def found_sentences(measure: Measure, pages: Sequence[AttributeGaps]) -> list[str]:
    """One sentence for each gap for the worse, the widest first."""
    worse = [(page, gap) for page in pages for gap in page.compared if gap.verdict == "worse"]
    worse.sort(key=lambda each: -abs(each[1].difference or 0))
    return [_sentence(measure, page, gap) for page, gap in worse]


def _sentence(measure: Measure, page: AttributeGaps, gap: Gap) -> str:
    return _(
        "%(measure)s, %(group)s: %(own)s against %(other)s for %(reference)s, "
        "a difference of %(points)s points (%(interval)s)."
    ) % {
        "measure": measure.title,
        "group": group_name(page.attribute, gap.group),
        "own": score_words(measure, gap),
        "other": score_words(measure, page.gaps[0]),
        "reference": group_name(page.attribute, page.gaps[0].group),
        "points": figures.signed(gap.difference, 0),
        "interval": figures.interval(gap.low, gap.high),
    }


def retest_lines(measure: Measure, lines: Sequence[RetestLine]) -> list[dict[str, Any]]:
    """What was begun, the gap before and after, and what that says."""
    return [
        {
            "action": line.action,
            "who": group_name(line.action.attribute, line.action.group),
            "before": _gap_words(line.retest.before),
            "after": _gap_words(line.retest.after),
            "says": _retest_words(line.retest),
            "kind": _RETEST_KINDS[line.retest.verdict],
        }
        for line in lines
    ]


_RETEST_KINDS = {"narrower": "better", "wider": "worse", "cannot_tell": "plain", "waiting": "plain"}


def _gap_words(gap: Gap | None) -> str:
    if gap is None or gap.difference is None:
        return ""
    return _("%(points)s points (n %(n)s, %(interval)s)") % {
        "points": figures.signed(gap.difference, 0),
        "n": figures.number(gap.n),
        "interval": figures.interval(gap.low, gap.high),
    }


def _retest_words(retest: Retest) -> str:
    words = {
        "narrower": _("narrower"),
        "wider": _("wider"),
        "cannot_tell": _("cannot tell yet"),
        "waiting": _("waits for a whole quarter after it began"),
    }[retest.verdict]
    if retest.change is None:
        return words
    return f"{words}: {_points(retest.change, retest.low, retest.high)}"


def reach_tables(found: Sequence[ReachOf], site_names: dict[str, str]) -> list[dict[str, Any]]:
    """Who is heard, by attribute."""
    names = {**attribute_names(), "site": _("Area around a site")}
    return [
        {
            "name": names.get(each.attribute, each.attribute),
            "code": each.attribute,
            "source": each.source,
            "withheld": each.withheld,
            "lines": [_reach_line(each, group, site_names) for group in each.groups],
        }
        for each in found
    ]


def _reach_line(page: ReachOf, reach: Reach, site_names: dict[str, str]) -> dict[str, str]:
    words = {
        "unheard": _("less heard: reach out"),
        "cannot_tell": _("cannot tell"),
        "heard": _("heard"),
    }
    name = (
        site_names.get(reach.group, reach.group)
        if page.attribute == "site"
        else group_name(page.attribute, reach.group)
    )
    return {
        "name": name,
        "voices": figures.number(reach.voices),
        "base": figures.number(reach.base),
        "ratio": _ratio(reach.ratio, reach.low, reach.high),
        "verdict": words[reach.verdict],
        "kind": "attention" if reach.verdict == "unheard" else "plain",
    }


def unheard_sentences(found: Sequence[ReachOf], site_names: dict[str, str]) -> list[str]:
    """One sentence for each group that is less heard than it is there."""
    lines = []
    for page in found:
        for reach in page.groups:
            if reach.verdict == "unheard":
                line = _reach_line(page, reach, site_names)
                lines.append(
                    _("%(group)s: %(ratio)s times the voice its numbers would give it.")
                    % {"group": line["name"], "ratio": line["ratio"]}
                )
    return lines


def csv_rows(
    measure: Measure, site: str, pages: Sequence[AttributeGaps]
) -> Iterator[tuple[object, ...]]:
    """The page's own figures and nothing more, a row per group."""
    for page in pages:
        for gap in page.gaps:
            score = gap.score
            numbers = (
                score.estimate, score.low, score.high, gap.difference, gap.low, gap.high,
                gap.ratio, gap.ratio_low, gap.ratio_high, gap.p_adjusted,
            )  # fmt: skip
            rounded = ["" if x is None else f"{x:.4g}" for x in numbers]
            yield (measure.code, site, page.attribute, gap.group, gap.n, *rounded, gap.verdict)
