"""What the explore page says: figures in words, quotes behind them, and what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from wellheard.base.pages import figures as words
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place, Site
from wellheard.prove.charts.presenters.drawing import Drawing, drawing_of
from wellheard.prove.charts.presenters.sentences import figure_of
from wellheard.prove.charts.rules import chart_policy
from wellheard.prove.explore.asking import Asked
from wellheard.prove.explore.drawing import Bar, Bars, bars_of
from wellheard.prove.explore.queries import Answer, Figure
from wellheard.understand.equity.vocabulary import group_name as plain_name
from wellheard.understand.facts.slices import SEGMENTS, TOUCHPOINT
from wellheard.understand.scores.presenters import statistic_words
from wellheard.understand.scores.rules import Measure
from wellheard.understand.search.finding import behind

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    name: str
    period: str
    figure: str
    value: str
    interval: str
    n: int
    few: bool
    against: str
    quotes: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One group's control chart and where its own page is."""

    key: int | str
    name: str
    drawing: Drawing
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole answer, ready for a page or a file."""

    title: str
    says: str
    lines: tuple[Line, ...]
    bars: Bars | None
    charts: tuple[Chart, ...]
    basis: tuple[str, ...]
    notes: tuple[str, ...]
    missing: str


def shown(answer: Answer, person: Person) -> Shown:
    """An answer in words and figures."""
    quotes = may_quote(answer, person)
    charts = tuple(chart for chart in _charts(answer) if _wanted(answer.asked, chart.drawing))
    named = {chart.key for chart in charts}
    listed = [each for each in answer.figures if not answer.asked.only or each.key in named]
    bars = bars_of(listed, [_bar_says(answer, each) for each in listed])
    return Shown(
        title=title_of(answer),
        says=_says(answer, charts),
        lines=tuple(
            _line(answer, each, bars.bars[number] if bars else None, with_quotes=quotes)
            for number, each in enumerate(listed)
        ),
        bars=bars if answer.asked.by and not answer.asked.step else None,
        charts=charts,
        basis=tuple(basis_of(answer)),
        notes=tuple(note_words()[code] for code in answer.notes),
        missing=_missing(answer),
    )


def may_quote(answer: Answer, person: Person) -> bool:
    """Whether this reader may open the comments behind these figures.

    Never by a personal attribute: a list of comments must not say who belongs to which group.
    """
    return person.may("comment.read_masked") and not answer.asked.segment


def title_of(answer: Answer) -> str:
    """ "Help came soon, by place and month"."""
    parts = [part for part in (answer.asked.by, answer.asked.step) if part]
    if not parts:
        return answer.measure.title
    named = [dimension_words()[part] for part in parts]
    if len(named) == 2:
        both = {"measure": answer.measure.title, "first": named[0], "second": named[1]}
        return _("%(measure)s, by %(first)s and %(second)s") % both
    return _("%(measure)s, by %(first)s") % {"measure": answer.measure.title, "first": named[0]}


def _says(answer: Answer, charts: tuple[Chart, ...]) -> str:
    if answer.whole is None:
        return _("Too few answers to show a figure. Choose a longer time or a larger part.")
    if len(charts) == 1 and not answer.asked.by:
        return charts[0].drawing.says
    if charts or answer.asked.only:
        return _turned(answer)
    if answer.asked.people and not answer.asked.step:
        return _groups_say(answer)
    whole = {"period": period_words(answer), "figure": figure_of(answer.whole)}
    said = _("%(period)s, everybody together: %(figure)s") % whole
    return f"{said} {answer.measure.says}."


def _turned(answer: Answer) -> str:
    """How many of the groups changed against their own past; those not told are said."""
    drawings = [drawing_of(series, chart_policy()) for _key, _name, series in answer.series]
    told = [drawing for drawing in drawings if drawing.marks]
    count = {
        "worse": sum(drawing.verdict == "worse" for drawing in told),
        "better": sum(drawing.verdict == "better" for drawing in told),
        "steady": sum(drawing.verdict not in ("worse", "better") for drawing in told),
        "cannot": len(drawings) - len(told) + len(answer.missing),
    }
    said = _("Against their own past: %(worse)s worse, %(better)s better, %(steady)s steady.")
    if count["cannot"]:
        said += " " + _("For %(cannot)s we cannot tell: too few answers or months.")
    return said % count


def _groups_say(answer: Answer) -> str:
    told = [each for each in answer.figures if each.against and each.against.is_told]
    if len(answer.figures) < 2 or not any(each.against for each in answer.figures):
        whole = figure_of(answer.whole) if answer.whole else ""
        return _("Everybody together: %(figure)s.") % {"figure": whole}
    if not told:
        return _("We cannot tell any group from the largest one: every difference may be chance.")
    names = ", ".join(group_name(answer.asked.by, each.name) for each in told[:_NAMED])
    return ngettext(
        "One group differs from the largest by more than chance explains: %(names)s.",
        "%(count)s groups differ from the largest by more than chance explains: %(names)s.",
        len(told),
    ) % {"count": len(told), "names": names}


def _line(answer: Answer, figure: Figure, bar: Bar | None, *, with_quotes: bool) -> Line:
    score = figure.score
    return Line(
        name=name_of(answer, figure),
        period=stretch_words(figure.start, figure.stop),
        figure=figure_of(score),
        value=words.with_unit(score.estimate, answer.measure.unit),
        interval=words.interval(score.low, score.high),
        n=score.n,
        few=score.is_low,
        against=_against(figure),
        quotes=quotes_url(answer, figure) if with_quotes else "",
        bar=bar,
    )


def quotes_url(answer: Answer, figure: Figure) -> str:
    """The comments behind one figure: its place, its time, its measure."""
    key = figure.key if isinstance(figure.key, int) else None
    find = behind(
        start=figure.start,
        stop=figure.stop,
        place=key if answer.asked.by == "place" else answer.asked.place,
        site=key if answer.asked.by == "site" else answer.asked.site,
    )
    return f"{reverse('search:search')}?{find.query()}"


def quotes_by_answer(answer: Answer) -> list[tuple[str, str]]:
    """(words, address) of what the givers of the best answers said, and what the others did."""
    find = behind(
        start=answer.period.start.first_day,
        stop=answer.period.stop.first_day,
        measure=answer.measure.code,
        place=answer.asked.place,
        site=answer.asked.site,
    )
    labels = (("best", _("what the most content said")), ("rest", _("what the others said")))
    return [
        (label, f"{reverse('search:search')}?{find.query()}&answers={code}")
        for code, label in labels
    ]


def name_of(answer: Answer, figure: Figure) -> str:
    """A group as people call it."""
    if not answer.asked.by:
        return _("Everybody asked about")
    if answer.asked.people:
        return group_name(answer.asked.by, figure.name)
    return figure.name


def group_name(segment: str, value: str) -> str:
    """A value of a personal attribute in words."""
    if segment in ("mode", "helped"):
        return plain_name(segment, value)
    if not value:
        return _("Not said")
    if segment == "language":
        try:
            return str(get_language_info(value)["name_translated"])
        except KeyError:
            return value
    return value[:1].upper() + value[1:]


def _against(figure: Figure) -> str:
    if figure.is_largest:
        return _("compared with")
    if figure.against is None:
        return ""
    said = _("%(gap)s points (%(interval)s)") % {
        "gap": words.signed(figure.against.estimate, 0),
        "interval": words.interval(figure.against.low, figure.against.high),
    }
    return said if figure.against.is_told else _("%(gap)s: cannot tell") % {"gap": said}


def _bar_says(answer: Answer, figure: Figure) -> str:
    return f"{name_of(answer, figure)}: {figure_of(figure.score)}"


def _charts(answer: Answer) -> list[Chart]:
    found = []
    for key, name, series in answer.series:
        url = reverse("boards:place", args=[key]) if answer.asked.by == "place" else ""
        found.append(Chart(key, name, drawing_of(series, chart_policy()), url))
    return found


def _wanted(asked: Asked, drawing: Drawing) -> bool:
    return not asked.only or (bool(drawing.marks) and drawing.verdict == asked.only)


def basis_of(answer: Answer) -> list[str]:
    """The small print: period, n, method, what is left out."""
    said = [period_words(answer)]
    if answer.whole is not None:
        said.append(_("n %(n)s in all") % {"n": words.number(answer.whole.n)})
        said.append(_("95 %% intervals: %(method)s") % {"method": answer.whole.method})
        said.append(answer.whole.adjustment)
    if answer.withheld:
        said.append(
            _(
                "groups of fewer than %(n)s people, and figures that would give them away, "
                "are joined or left out"
            )
            % {"n": answer.minimum}
        )
    said.append(answer.policy)
    return said


def _missing(answer: Answer) -> str:
    if not answer.missing:
        return ""
    named = ", ".join(answer.missing[:_NAMED])
    more = len(answer.missing) - _NAMED
    if more > 0:
        named = _("%(names)s and %(count)s more") % {"names": named, "count": more}
    return _("Too few answers to show: %(names)s.") % {"names": named}


def period_words(answer: Answer) -> str:
    """ "December 2025 to November 2026"."""
    return stretch_words(answer.period.start.first_day, answer.period.stop.first_day)


def stretch_words(start: date, stop: date) -> str:
    """Days [start, stop) in words; whole months by their names."""
    last = stop - timedelta(days=1)
    if start.day != 1 or stop.day != 1:
        ends = {"first": words.long_date(start), "last": words.long_date(last)}
        return _("%(first)s to %(last)s") % ends
    first, end = formats.date_format(start, "F Y"), formats.date_format(last, "F Y")
    return first if first == end else _("%(first)s to %(last)s") % {"first": first, "last": end}


def note_words() -> dict[str, str]:
    """What was done other than asked, and why."""
    return {
        "groups_need_whole": _(
            "Groups of people are compared only over the whole organisation, "
            "which you do not see; these are your places."
        ),
        "groups_not_by_place": _(
            "Groups of people are counted for sites or the whole organisation, "
            "never for one place, so that nobody can be recognised."
        ),
        "groups_by_quarter": _(
            "Groups of people are counted by whole quarters, so that nobody can be recognised."
        ),
        "weeks_one_place": _("Weeks are counted for one place at a time; these are months."),
    }


def dimension_words() -> dict[str, str]:
    """What figures can be set side by side by."""
    return {
        "place": _("place"),
        "site": _("site"),
        "language": _("language"),
        "age_band": _("age"),
        "sex": _("sex"),
        "ethnicity": _("race and ethnicity"),
        "payer": _("payer"),
        "mode": _("how they answered"),
        "helped": _("whether staff helped"),
        "touchpoint": _("touchpoint"),
        "week": _("week"),
        "month": _("month"),
        "quarter": _("quarter"),
    }


def choices(
    asked: Asked, catalogue: Mapping[str, Measure], places: list[Place], *, groups: bool
) -> dict[str, Any]:
    """Options of the form's choosers, each {value, label, chosen}."""
    named = {code: capfirst(name) for code, name in dimension_words().items()}
    by = ["place", "site", "touchpoint", *(sorted(SEGMENTS - {TOUCHPOINT}) if groups else ())]
    sites = {place.site_id: place.site for place in places}
    where = [("", _("Everywhere I may see")), *_kinds(places)]
    return {
        "measures": _options([(m.code, m.title) for m in catalogue.values()], asked.measure),
        "kinds": _options(where, asked.kind),
        "sites": _options(
            [("", _("All sites")), *((str(pk), _site_name(site)) for pk, site in sites.items())],
            str(asked.site or ""),
        ),
        "places": [(site.name, _own(places, pk, asked)) for pk, site in sites.items()],
        "by": _options(
            [("", _("Nothing: together")), *((code, named[code]) for code in by)], asked.by
        ),
        "steps": _options(
            [("", _("Together")), *((code, named[code]) for code in ("week", "month", "quarter"))],
            asked.step,
        ),
    }  # fmt: skip


def _own(places: list[Place], site_id: int, asked: Asked) -> list[dict[str, Any]]:
    own = [(str(place.pk), place.name) for place in places if place.site_id == site_id]
    return _options(own, str(asked.place or ""))


def _site_name(site: Site) -> str:
    return site.name


def _kinds(places: list[Place]) -> list[tuple[str, str]]:
    names = {"ward": _("Wards"), "clinic": _("Clinics"), "desk": _("Desks"), "other": _("Others")}
    return [(code, name) for code, name in names.items() if any(p.kind == code for p in places)]


def _options(pairs: list[tuple[str, Any]], chosen: str) -> list[dict[str, Any]]:
    return [{"value": code, "label": name, "chosen": code == chosen} for code, name in pairs]


def method_words(measure: Measure) -> str:
    """How a measure is computed."""
    return statistic_words(measure)
