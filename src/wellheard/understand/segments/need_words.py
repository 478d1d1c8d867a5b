"""What each segment needs, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.drivers.presenters import place_words, why_words
from wellheard.understand.drivers.queries import Drivers, FoundDriver
from wellheard.understand.equity.rules import Reach
from wellheard.understand.segments.models import SegmentVersion
from wellheard.understand.segments.needs import BoardVoice, NeedsPage
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.presenters import segment_name
from wellheard.understand.segments.rules import Need, foremost, read_rules
from wellheard.understand.themes.vocabulary import theme_name

_MOST = 3
_KINDS = {"worse": "worse", "better": "better", "cannot_tell": "plain"}


def sections(version: SegmentVersion, page: NeedsPage) -> list[dict[str, Any]]:
    """Each segment with its four sources; a source that tells nothing says so."""
    names = read_rules(version.definition, segment_policy()).names
    return [_section(name, page) for name in names]


def _section(name: str, page: NeedsPage) -> dict[str, Any]:
    surveys = foremost([need for need in page.surveys if need.segment == name], _MOST)
    comments = foremost([need for need in page.comments if need.segment == name], _MOST)
    drivers = page.drivers.get(name)
    return {
        "name": segment_name(name),
        "needs": _needs(surveys, comments, drivers),
        "surveys": [_line(need, need.measure.title) for need in surveys],
        "comments": [_line(need, theme_name(need.measure.title)) for need in comments],
        "wrote": figures.number(page.wrote[name]) if name in page.wrote else "",
        "drivers": [_driver_line(each) for each in drivers.found[:_MOST]] if drivers else [],
        "drivers_n": figures.number(drivers.n) if drivers and drivers.found else "",
        "drivers_why": why_words(drivers.why if drivers else "too_few"),
        "reach": _reach_words(next((each for each in page.reach if each.group == name), None)),
        "board": _board_words(None if page.boards is None else page.boards[name]),
        "advice": [] if page.boards is None else [_advice(a) for a in page.boards[name].advice],
    }


def _needs(surveys: list[Need], comments: list[Need], drivers: Drivers | None) -> list[str]:
    """What stands beyond chance, a line each."""
    found = [
        _("%(title)s is worse than for everybody else, by %(points)s points")
        % {"title": need.measure.title, "points": figures.number(abs(need.difference or 0))}
        for need in surveys
        if need.verdict == "worse"
    ]
    found += [
        _("“%(theme)s” comes up more often than with everybody else")
        % {"theme": theme_name(need.measure.title)}
        for need in comments
        if need.verdict == "worse"
    ]
    first = [each for each in (drivers.found if drivers else ()) if _is_first(each)]
    return found + [
        _("%(title)s weighs much on their overall rating and is not good yet")
        % {"title": each.measure.title}
        for each in first
    ]


def _is_first(driver: FoundDriver) -> bool:
    return driver.place == "first" and driver.sure


def _line(need: Need, title: str) -> dict[str, Any]:
    score = need.score
    unit = "%" if need.measure.statistic == "top_box" else ""
    return {
        "title": title,
        "figure": figures.figure(
            score.estimate, n=score.n, low=score.low, high=score.high, unit=unit
        ),
        "against": ""
        if need.difference is None
        else f"{figures.signed(need.difference, 0)} ({figures.interval(need.low, need.high)})",
        "says": _verdict_words(need),
        "kind": _KINDS[need.verdict],
        "is_low": score.is_low,
    }


def _verdict_words(need: Need) -> str:
    if need.difference is None:
        return _("cannot tell: nobody else to set it against")
    return {
        "worse": _("worse"),
        "better": _("better"),
        "cannot_tell": _("cannot tell: within chance"),
    }[need.verdict]


def _driver_line(driver: FoundDriver) -> dict[str, str]:
    share = figures.number(100 * driver.share)
    return {
        "title": driver.measure.title,
        "share": f"{share}{figures.NARROW_SPACE}% "
        f"({figures.interval(100 * driver.low, 100 * driver.high)})",
        "performance": f"{figures.number(driver.performance)} "
        f"({figures.interval(driver.performance_low, driver.performance_high)})",
        "says": place_words(driver.place) if driver.sure else _("cannot tell for sure"),
    }


def _reach_words(found: Reach | None) -> str:
    if found is None:
        return _("Cannot tell whether they are heard: too few visits or answers to compare.")
    says = {
        "unheard": _("less heard than they are here"),
        "cannot_tell": _("cannot tell whether they are heard enough"),
        "heard": _("heard as much as they are here"),
    }[found.verdict]
    return _(
        "%(says)s: %(ratio)s (%(interval)s) of their share of visits; n %(n)s, visits %(v)s"
    ) % {
        "says": says[:1].upper() + says[1:],
        "ratio": figures.number(found.ratio, 2),
        "interval": figures.interval(found.low, found.high, 2),
        "n": figures.number(found.voices),
        "v": figures.number(found.base),
    }


def _board_words(voice: BoardVoice | None) -> str:
    if voice is None:
        return _("Cannot tell: boards may not be read here, or do not know this of their members.")
    if not voice.boards:
        return _("Cannot tell: nobody of them sits, or sat, on an advisory board.")
    if not voice.advice:
        return _("%(boards)s: no advice yet while somebody of them sat there.") % {
            "boards": ", ".join(voice.boards)
        }
    return ", ".join(voice.boards)


def _advice(advice: Any) -> dict[str, str]:
    outcome = {"accepted": _("accepted"), "declined": _("declined")}.get(advice.outcome, _("open"))
    return {
        "text": advice.text,
        "says": f"{advice.panel.name}, {figures.long_date(advice.given_at)}: {outcome}",
    }
