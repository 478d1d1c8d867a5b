"""What the boards say: words and figures ready for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.people.places.models import Place
from wellheard.prove.boards.homes import Coverage
from wellheard.prove.boards.models import MeasureTarget
from wellheard.prove.boards.queries import News
from wellheard.prove.charts.presenters.drawing import Drawing, drawing_of
from wellheard.prove.charts.presenters.sentences import figure_of
from wellheard.prove.charts.rules import Series, chart_policy
from wellheard.understand.facts.rules import added
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure
from wellheard.understand.themes.policy import rising_policy
from wellheard.understand.themes.queries import ThemeCount, Told
from wellheard.understand.themes.rules import Rise
from wellheard.understand.themes.vocabulary import theme_name


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place in the list: its own figure, its own past, nothing to be ranked by."""

    place: Place
    url: str
    newest: str
    drawing: Drawing | None
    state: str
    verdict: str


def place_lines(
    places: Iterable[Place], series: Mapping[int, Series], *, months: int, until: date
) -> list[PlaceLine]:
    """Every place with its recent figure and what its own chart says."""
    return [_line(place, series.get(place.pk), months, until) for place in places]


def _line(place: Place, series: Series | None, months: int, until: date) -> PlaceLine:
    url = reverse("boards:place", args=[place.pk])
    if series is None or not series.points:
        return PlaceLine(place, url, "", None, _("too few answers"), "common")
    drawing = drawing_of(series, chart_policy())
    return PlaceLine(
        place=place,
        url=url,
        newest=recent_figure(series, months=months, until=until),
        drawing=drawing,
        state=_state(drawing),
        verdict=drawing.verdict,
    )


def _state(drawing: Drawing) -> str:
    """The middle of the chart's sentence: what it says without measure and figure."""
    if not drawing.marks:
        return _("too few months to tell")
    words = {
        "common": _("steady"),
        "better": _("better than its own past"),
        "worse": _("worse than its own past"),
        "neutral": _("changed from its own past"),
    }
    return words[drawing.verdict]


def recent_figure(series: Series, *, months: int, until: date) -> str:
    """The score of the last few months together; "" when nobody (or too few) answered in them."""
    since = _months_before(until, months)
    points = [point for point in series.points if point.start >= since]
    together = Counts.of(added(dict(point.counts) for point in points))
    score = scored(series.measure, together)
    return figure_of(score) if score else ""


def _months_before(until: date, months: int) -> date:
    first = until.replace(day=1)
    for _step in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def measure_choices(
    measures: Mapping[str, Measure], codes: Sequence[str], chosen: str
) -> list[dict[str, Any]]:
    """Options of the measure chooser."""
    return [
        {"value": code, "label": measures[code].title, "chosen": code == chosen}
        for code in codes
        if code in measures
    ]


def news_sentence(news: News, *, is_first: bool) -> str:
    """How much came since the last visit."""
    since = figures.long_date(news.since)
    if news.comments == 0:
        return (
            _("No new comments in the last seven days.")
            if is_first
            else _("No new comments since you were last here on %(since)s.") % {"since": since}
        )
    count = ngettext("%(count)s new comment", "%(count)s new comments", news.comments) % {
        "count": figures.number(news.comments)
    }
    kinds = _("%(praise)s praise, %(trouble)s to put right") % {
        "praise": figures.number(news.praise),
        "trouble": figures.number(news.trouble),
    }
    if is_first:
        return _("%(count)s in the last seven days: %(kinds)s.") % {"count": count, "kinds": kinds}
    return _("%(count)s since you were last here on %(since)s: %(kinds)s.") % {
        "count": count,
        "since": since,
        "kinds": kinds,
    }


@dataclass(frozen=True, slots=True)
class RiseWords:
    """A rising theme in words."""

    theme: str
    name: str
    says: str
    url: str


def rise_words(rises: Iterable[Rise], place: Place | None = None) -> list[RiseWords]:
    """Each rise: how often lately, among how many, against before."""
    return [_rise(rise, place) for rise in rises]


def _rise(rise: Rise, place: Place | None) -> RiseWords:
    counted = rise.counted
    theme = str(counted.key[-1])
    before = 100 * counted.before / counted.before_of if counted.before_of else 0
    words = _("%(recent)s of %(of)s comments in %(weeks)s weeks (%(share)s); before, %(old)s")
    says = words % {
        "recent": figures.number(counted.recent),
        "of": figures.number(counted.recent_of),
        "weeks": rising_policy().recent_weeks,
        "share": figures.percent(100 * counted.recent / counted.recent_of),
        "old": figures.percent(before),
    }
    return RiseWords(theme, theme_name(theme), says, theme_url(theme, place))


def strengths(counts: Iterable[ThemeCount]) -> list[str]:
    """What a place is praised for, with how often: "Staff manner (12)"."""
    return [f"{theme_name(count.theme)} ({figures.number(count.praise)})" for count in counts]


def theme_url(theme: str, place: Place | None = None) -> str:
    """The page of a theme, at one place if one is given."""
    url = address("themes:theme", theme)
    return f"{url}?place={place.pk}" if url and place else url


@dataclass(frozen=True, slots=True)
class Voice:
    """One comment as it stands on a board."""

    text: str
    language: str
    at: date
    where: str
    themes: tuple[str, ...]
    url: str


def voices(told: Iterable[Told], *, with_place: bool = False) -> list[Voice]:
    """Comments as quotes; those not yet masked for this reader are left out."""
    return [
        Voice(
            text=each.text,
            language=each.comment.language,
            at=each.comment.received_at.date(),
            where=each.comment.place.name if with_place and each.comment.place else "",
            themes=tuple(theme_name(theme) for theme in each.themes[:2]),
            url=address("intake:comment", each.comment.pk),
        )
        for each in told
        if each.text
    ]


def address(route: str, *args: object) -> str:
    """The address of a page; "" while the house has no such page."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One measure of the overview: its chart, its variation in a word, and its assurance.

    ``assurance``: pass, fail, hit_or_miss, or "" where no target is set or nothing can be told.
    """

    measure: Measure
    chart: Drawing
    state: str
    kind: str
    assurance: str
    assured: str


def tiles(
    charts: Iterable[tuple[Measure, Drawing]], wanted: Mapping[str, MeasureTarget]
) -> list[Tile]:
    """The measures of the overview with what their charts say."""
    return [_tile(measure, chart, wanted.get(measure.code)) for measure, chart in charts]


def _tile(measure: Measure, chart: Drawing, target: MeasureTarget | None) -> Tile:
    found = assurance(measure, chart, target)
    return Tile(
        measure=measure,
        chart=chart,
        state=_variation(chart),
        kind=chart.verdict if chart.marks else "plain",
        assurance=found,
        assured=assurance_words(measure, target, found, has_chart=bool(chart.marks)),
    )


def _variation(chart: Drawing) -> str:
    if not chart.marks:
        return _("cannot tell yet")
    return {
        "common": _("steady"),
        "better": _("better"),
        "worse": _("worse"),
        "neutral": _("changed"),
    }[chart.verdict]


def assurance(measure: Measure, chart: Drawing, target: MeasureTarget | None) -> str:
    """Whether ordinary variation meets the target: pass, fail, hit_or_miss; "" for cannot tell."""
    if target is None or target.value is None or chart.limits is None:
        return ""
    # Loads numpy: pages without a target do without.
    from wellheard.measures.spc.chart import assurance_of

    return assurance_of(target.value, measure.direction, *chart.limits) or ""


def assurance_words(
    measure: Measure, target: MeasureTarget | None, found: str, *, has_chart: bool
) -> str:
    """The assurance in words."""
    if target is None:
        return _("no target set")
    value = figures.with_unit(target.value, measure.unit)
    if not has_chart:
        return _("target %(value)s: cannot tell yet") % {"value": value}
    words = {
        "pass": _("meets its target of %(value)s month after month"),
        "fail": _("will not meet its target of %(value)s unless something changes"),
        "hit_or_miss": _("meets its target of %(value)s in some months and not in others"),
    }
    return words[found] % {"value": value}


def so_what(shown: Sequence[Tile]) -> str:
    """All the charts in one or two sentences: what turned, what did not, what cannot be told."""
    if not shown:
        return ""
    by_kind = {
        kind: [tile.measure.title for tile in shown if tile.kind == kind]
        for kind in ("worse", "better", "common", "neutral", "plain")
    }
    said = []
    if by_kind["worse"]:
        said.append(_("Worse than before: %(names)s.") % {"names": ", ".join(by_kind["worse"])})
    if by_kind["better"]:
        said.append(_("Better than before: %(names)s.") % {"names": ", ".join(by_kind["better"])})
    steady = len(by_kind["common"]) + len(by_kind["neutral"])
    if steady:
        said.append(
            ngettext(
                "%(count)s measure is steady: what moves there is ordinary variation.",
                "%(count)s measures are steady: what moves there is ordinary variation.",
                steady,
            )
            % {"count": steady}
        )
    if by_kind["plain"]:
        cannot = ", ".join(by_kind["plain"])
        said.append(_("We cannot tell yet: %(names)s.") % {"names": cannot})
    return " ".join(said)


def coverage_words(found: Coverage) -> list[str]:
    """Freshness and coverage in short parts: data to, how many, in which languages, who is not."""
    said = []
    if found.answers_to:
        said.append(_("Answers to %(day)s") % {"day": figures.long_date(found.answers_to)})
    if found.comments_to:
        said.append(_("comments to %(day)s") % {"day": figures.long_date(found.comments_to)})
    counts = {
        "answers": figures.number(found.answers),
        "comments": figures.number(found.comments),
        "days": found.days,
    }
    said.append(_("%(answers)s answers and %(comments)s comments in %(days)s days") % counts)
    if found.languages:
        named = [f"{_language(code)} {figures.number(n)}" for code, n in found.languages]
        words = ", ".join(named)
        said.append(
            _("%(languages)s and smaller ones") % {"languages": words} if found.others else words
        )
    if not found.silent:
        said.append(_("every place was heard"))
    return said


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
