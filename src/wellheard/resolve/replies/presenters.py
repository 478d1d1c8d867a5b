"""Words and drawings of the reply desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages import figures
from wellheard.measures.intervals import Median, Proportion
from wellheard.resolve.replies.policy import desk, lint_rules
from wellheard.resolve.replies.queries import Coverage, Month, Waiting
from wellheard.resolve.replies.rules.linting import Hit

TONES = {
    "positive": gettext_lazy("Praise"),
    "mixed": gettext_lazy("Both"),
    "negative": gettext_lazy("Criticism"),
    "safety": gettext_lazy("Safety"),
    "all": gettext_lazy("All"),
}
STATES = {
    "unanswered": gettext_lazy("Unanswered"),
    "drafted": gettext_lazy("Waits for a second person"),
    "withdrawn": gettext_lazy("Approval withdrawn"),
    "to_post": gettext_lazy("Approved, to be posted by hand"),
    "publishing": gettext_lazy("Being published"),
    "failed": gettext_lazy("Publishing failed"),
    "uncertain": gettext_lazy("Nobody knows whether it stands there"),
    "published": gettext_lazy("Published"),
}
_SIGNALS = {"withdrawn": "attention", "failed": "attention", "uncertain": "danger",
            "published": "praise", "to_post": "action", "drafted": "action"}  # fmt: skip
WITHDRAWN = {
    "edited": gettext_lazy("the review was edited"),
    "deleted": gettext_lazy("the review was deleted"),
    "returned": gettext_lazy("the review was published again"),
    "spam": gettext_lazy("the review was taken for spam"),
    "rules": gettext_lazy("the rules have changed and stop these words"),
    "taken_back": gettext_lazy("somebody took it back"),
}
REFUSED = {
    **WITHDRAWN,
    "unanswered": gettext_lazy("there are no words yet"),
    "drafted": gettext_lazy("nobody has approved it yet"),
    "withdrawn": gettext_lazy("its approval was withdrawn; write it anew"),
    "to_post": gettext_lazy("it is approved already"),
    "publishing": gettext_lazy("it is being published"),
    "failed": gettext_lazy("publishing failed"),
    "uncertain": gettext_lazy("nobody knows whether the last words stand there; look first"),
    "published": gettext_lazy("it is published"),
    "no_case": gettext_lazy("the review speaks of safety and has no case yet; open one first"),
}
BEGINNINGS = {
    "thanks": gettext_lazy("Thanks"),
    "passed-on": gettext_lazy("Praise is passed on"),
    "both-sides": gettext_lazy("Good and bad"),
    "hear-more": gettext_lazy("We would like to hear more"),
    "safety": gettext_lazy("Into private, about safety"),
}
KINDS = {
    "confirms": gettext_lazy("Confirms"),
    "denies": gettext_lazy("Denies"),
    "date": gettext_lazy("Date or time"),
    "name": gettext_lazy("Name"),
    "staff": gettext_lazy("Staff"),
    "condition": gettext_lazy("Illness or treatment"),
    "record": gettext_lazy("Record or number"),
    "payment": gettext_lazy("Payment"),
    "relative": gettext_lazy("Somebody close"),
    "pressure": gettext_lazy("Pressure"),
    "contact": gettext_lazy("No way to reach us"),
    "length": gettext_lazy("Too long"),
}


def line_of(waiting: Waiting) -> dict[str, Any]:
    """One line of the list."""
    return {
        "waiting": waiting,
        "tone": TONES["safety" if waiting.is_safety else waiting.tone],
        "tone_kind": _tone_kind(waiting),
        "state": STATES[waiting.state],
        "state_kind": _SIGNALS.get(waiting.state, ""),
        "owner": waiting.reply.owner.name if waiting.reply and waiting.reply.owner else "",
    }


def _tone_kind(waiting: Waiting) -> str:
    if waiting.is_safety:
        return "danger"
    return {"positive": "praise", "negative": "attention"}.get(waiting.tone, "")


def hit_lines(hits: Sequence[Hit], language: str) -> list[dict[str, str]]:
    """Each hit with its reason and a better wording in the language of the reply."""
    rules = lint_rules()
    return [
        {
            "kind": str(KINDS.get(hit.kind, hit.kind)),
            "words": hit.words,
            "reason": rules.reasons[hit.kind],
            "better": rules.better.get(hit.kind, {}).get(language, ""),
        }
        for hit in hits
    ]


def marked(text: str, hits: Sequence[Hit]) -> SafeString:
    """The words as written, with the hits marked."""
    spots = sorted((hit.start, hit.stop) for hit in hits if hit.stop > hit.start)
    parts, at = [], 0
    for start, stop in spots:
        if start < at:
            continue
        parts.append((format_html("{}<mark>{}</mark>", text[at:start], text[start:stop]),))
        at = stop
    return format_html("{}{}", format_html_join("", "{}", parts), text[at:])


def coverage_line(found: Coverage) -> dict[str, Any]:
    """How many of one tone are answered, and how fast."""
    return {"tone": TONES[found.tone], "share": share_words(found.share),
            "n": found.share.n if found.share else 0, "days": days_words(found.days),
            "answered": int(found.share.count) if found.share else 0}  # fmt: skip


def share_words(share: Proportion | None) -> str:
    """Per cent with its interval."""
    if share is None:
        return figures.NO_VALUE
    low, high = 100 * share.low, 100 * share.high
    return f"{figures.percent(100 * share.estimate)} ({figures.interval(low, high)})"


def days_words(days: Median | None) -> str:
    """Days with their interval, where so many can give one."""
    if days is None:
        return figures.NO_VALUE
    value = figures.number(days.estimate, 1)
    if days.low is None or days.high is None:
        return value
    return f"{value} ({figures.interval(days.low, days.high, 1)})"


@dataclass(frozen=True, slots=True)
class Spot:
    x: str
    y: str
    verdict: str
    says: str
    few: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str
    anchor: str = "middle"
    is_minor: bool = False


def chart_of(found: Sequence[Month]) -> dict[str, Any] | None:
    """The days a reply took (median by month) as an XmR chart; None while months are few."""
    if len(found) < desk().chart_from:
        return None
    from wellheard.measures.spc import xmr

    values = [month.days.estimate for month in found]
    made = xmr(values, direction="decrease")
    lower = [max(0.0, value) for value in made.lower]
    top = max([*values, *made.upper, 1.0]) * 1.08
    x = [2.5 + 95 * i / (len(values) - 1) for i in range(len(values))]
    y = [100 * (1 - value / top) for value in values]
    names = [formats.date_format(month.first, "F Y") for month in found]
    return {
        "key": "reply-days",
        "title": _("Days from review to reply"),
        "says": _says(found, made.variation),
        "verdict": _verdict(made.variation),
        "n": figures.number(sum(month.days.n for month in found)),
        "basis": (made.method, _("median of each month, order statistics"),
                  *([_("few months: the limits may still move")] if made.trial else ())),
        "marks": [
            Spot(f"{x[i]:.2f}%", f"{y[i]:.2f}%", _verdict(made.variations[i]),
                 f"{names[i]}: {days_words(month.days)}, n {month.days.n}", month.days.low is None)
            for i, month in enumerate(found)
        ],
        "line": _path(x, y),
        "centre": _path(x, [100 * (1 - value / top) for value in made.centre]),
        "upper": _path(x, [100 * (1 - value / top) for value in made.upper]),
        "lower": _path(x, [100 * (1 - value / top) for value in lower]),
        "band": "",
        "across": [Tick(f"{100 * (1 - part):.1f}%", figures.number(top * part, 1))
                   for part in (0.0, 0.5, 0.9)],
        "along": _along(found, x),
        "rows": [
            {"period": names[i], "value": figures.number(month.days.estimate, 1),
             "interval": figures.interval(month.days.low, month.days.high, 1), "n": month.days.n,
             "limits": figures.interval(lower[i], made.upper[i], 1),
             "words": _WORDS.get(_verdict(made.variations[i]), "")}
            for i, month in enumerate(found)
        ],
    }  # fmt: skip


_WORDS = {"better": gettext_lazy("faster"), "worse": gettext_lazy("slower")}


def _verdict(variation: str) -> str:
    return {"improvement": "better", "concern": "worse"}.get(variation, "common")


def _says(found: Sequence[Month], variation: str) -> str:
    newest = found[-1]
    month = formats.date_format(newest.first, "F Y")
    said = _("%(month)s: median %(days)s days, n %(n)s.") % {
        "month": month, "days": figures.number(newest.days.estimate, 1), "n": newest.days.n
    }  # fmt: skip
    trend = {"better": _("Faster than was usual."), "worse": _("Slower than was usual.")}
    return f"{said} {trend.get(_verdict(variation), _('Ordinary variation.'))}"


def _along(found: Sequence[Month], x: Sequence[float]) -> list[Tick]:
    every = max(1, len(found) // 6)
    return [
        Tick(f"{x[i]:.2f}%", _short(month.first),
             "start" if i == 0 else "end" if i == len(found) - 1 else "middle",
             bool(i % (2 * every)))
        for i, month in enumerate(found)
        if i % every == 0
    ]  # fmt: skip


def _short(day: date | datetime) -> str:
    return formats.date_format(day, "M y")


def _path(x: Sequence[float], y: Sequence[float]) -> str:
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(x, y, strict=True))
