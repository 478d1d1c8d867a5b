"""Segments in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.equity.vocabulary import attribute_names, group_name
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.segments.models import SegmentDecision, SegmentForecast, SegmentVersion
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.queries import Comparison, Judged, Rerun
from wellheard.understand.segments.rules import REST, ranked

_KINDS = {"good": "better", "attention": "attention", "stop": "worse"}


def segment_name(name: str) -> str:
    """A segment's name; the rest in words."""
    return _("Everybody else") if name == REST else name


def segment_lines(version: SegmentVersion, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Each segment with its size and what makes it one."""
    lines = []
    for i, (name, n) in enumerate(version.result["sizes"].items()):
        lines.append(
            {
                "name": segment_name(name),
                "code": name,
                "size": _size(version, n),
                "about": _about(version, name, i, titles),
                "under_served": name in version.result["under_served"],
            }
        )
    return lines


def _size(version: SegmentVersion, n: int) -> str:
    if version.kind == SegmentVersion.Kind.CLUSTERS:
        return _("at least %(n)s") % {"n": figures.number(n)}
    return f"n{figures.NARROW_SPACE}{figures.number(n)}"


def _about(version: SegmentVersion, name: str, position: int, titles: dict[str, str]) -> str:
    definition = version.definition
    if version.kind == SegmentVersion.Kind.CLUSTERS:
        centre = version.result["centres"][position]
        return ", ".join(
            f"{titles.get(item, item)} {figures.number(value)}"
            for item, value in zip(definition["items"], centre, strict=True)
        )
    attribute = definition["attribute"]
    groups: list[str] = next((e["groups"] for e in definition["segments"] if e["name"] == name), [])
    names = ", ".join(group_name(attribute, group) for group in groups)
    return f"{attribute_names()[attribute]}: {names}" if names else ""


def check_lines(version: SegmentVersion) -> list[dict[str, str]]:
    """The ethics check in words."""
    return [
        {"says": _check_words(each), "kind": _KINDS[each["severity"]], "mark": _mark(each)}
        for each in version.result["checks"]
    ]


def _mark(check: dict[str, Any]) -> str:
    return {"good": _("good"), "attention": _("take care"), "stop": _("do not use")}[
        check["severity"]
    ]


def _check_words(check: dict[str, Any]) -> str:
    about, value = check["about"], check["value"]
    if check["code"] == "protected":
        return _(
            "People are told apart by %(attribute)s. Use it to serve better, never to leave out."
        ) % {"attribute": attribute_names()[about].lower()}
    if check["code"] == "proxy":
        return _("Stands in for %(attribute)s: %(value)s (0 not at all, 1 wholly)") % {
            "attribute": attribute_names()[about].lower(),
            "value": figures.number(value, 2),
        }
    if check["code"] == "stable":
        return _("Segment %(name)s comes back when people are drawn again: %(value)s of 1") % {
            "name": about,
            "value": figures.number(value, 2),
        }
    return _("Segment %(name)s is small") % {"name": about}


def rerun_words(found: Rerun) -> str:
    """What making it again gave."""
    if found.same:
        return _("Made again: the same people in the same segments.")
    if found.agreement is None:
        return _("Made again: sizes differ, because answers came late or were erased.")
    return _("Made again: agreement %(value)s of 1; answers came late or were erased since.") % {
        "value": figures.number(found.agreement, 2)
    }


def comparison_words(found: Comparison) -> list[str]:
    """A new version beside the one before."""
    if not found.comparable:
        return [_("Made in another way than the version before: there is nothing to compare.")]
    if found.agreement is not None:
        return [
            _("Agreement with the version before, on the new answers: %(value)s of 1.")
            % {"value": figures.number(found.agreement, 2)}
        ]
    attribute = found.new.definition["attribute"]
    moved = [
        _("%(group)s: from %(old)s to %(new)s")
        % {
            "group": group_name(attribute, group),
            "old": segment_name(old),
            "new": segment_name(new),
        }
        for group, old, new in found.moved
    ]
    return moved or [_("The same groups are in the same segments as before.")]


def forecast_lines(kept: SegmentForecast, judged: list[Judged]) -> list[dict[str, Any]]:
    """Each segment's coming quarters, with the back-test and what came."""
    return [
        {
            "name": segment_name(line["segment"]),
            "method": line["method"],
            "test": _("%(error)s against %(naive)s for “as last quarter”, %(tests)s quarters")
            % {
                "error": figures.number(line["error"], 1),
                "naive": figures.number(line["naive_error"], 1),
                "tests": line["tests"],
            },
            "ahead": [_ahead(each) for each in judged if each.segment == line["segment"]],
        }
        for line in kept.lines
    ]


def _ahead(each: Judged) -> dict[str, Any]:
    quarter = Month.of(each.quarter)
    words = ""
    if each.actual is not None:
        inside = _("inside") if each.inside else _("outside")
        words = _("came: %(actual)s, %(inside)s") % {
            "actual": figures.number(each.actual),
            "inside": inside,
        }
    return {
        "quarter": quarter_name(quarter),
        "figure": f"{figures.number(each.estimate)} ({figures.interval(each.low, each.high)})",
        "actual": words,
    }


def quarter_name(first: Month) -> str:
    """``2026 Q3``."""
    return f"{first.year} Q{(first.number + 2) // 3}"


def period_words(period: Period) -> str:
    """``2025 Q4 – 2026 Q3``."""
    return f"{quarter_name(period.start)} – {quarter_name(period.stop.plus(-3))}"


def decision_lines(decision: SegmentDecision) -> list[dict[str, Any]]:
    """A decision's segments, best first."""
    found = ranked(
        decision.scores,
        segment_policy().criteria,
        chosen=decision.chosen,
        under_served=decision.under_served,
    )
    return [
        {
            "name": segment_name(each.segment),
            "score": figures.number(each.score, 1),
            "chosen": each.chosen,
            "under_served": each.under_served,
        }
        for each in found
    ]
