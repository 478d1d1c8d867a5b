"""What the theme pages and the panel on a comment say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.intake.models import Comment
from wellheard.people.access.person import Person
from wellheard.understand.themes.models import CommentReading, Correction, Sentiment, ThemeLabel
from wellheard.understand.themes.portrait import Portrait, Share, newest_first
from wellheard.understand.themes.queries import ThemeCount
from wellheard.understand.themes.vocabulary import (
    staff_group_names,
    theme_name,
    themes_in_groups,
)


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One theme in the list, in words and figures."""

    code: str
    name: str
    recent: int
    before: str
    praise: int
    trouble: int
    weekly: tuple[int, ...]
    is_rising: bool
    says: str


def theme_lines(counts: Iterable[ThemeCount], weeks: int, before_weeks: int) -> list[ThemeLine]:
    """The list of themes; earlier comments as an average for as many weeks as the recent ones."""
    return [
        ThemeLine(
            code=count.theme,
            name=theme_name(count.theme),
            recent=count.recent,
            before=figures.number(count.before * weeks / before_weeks, 1),
            praise=count.praise,
            trouble=count.trouble,
            weekly=count.weekly,
            is_rising=count.rise is not None,
            says=_("%(name)s: %(recent)s comments in the last %(weeks)s weeks")
            % {"name": theme_name(count.theme), "recent": count.recent, "weeks": weeks},
        )
        for count in counts
    ]


def in_language(names: Mapping[str, str]) -> str:
    """The name in the reader's language, English where it is missing."""
    return names.get((get_language() or "en")[:2], names["en"])


def sentiment_words(level: int | None) -> str:
    """A level of feeling in words."""
    words: dict[int, str] = {
        Sentiment.VERY_POSITIVE: _("very happy"),
        Sentiment.POSITIVE: _("happy"),
        Sentiment.MIXED: _("neutral or mixed"),
        Sentiment.NEGATIVE: _("unhappy"),
        Sentiment.VERY_NEGATIVE: _("very unhappy"),
    }
    return words.get(level or 0, _("not read yet"))


def confidence_words(label: ThemeLabel) -> str:
    """How sure the label is: "84 % sure", or that a person said so."""
    if label.source == ThemeLabel.Source.PERSON:
        return _("set by a person")
    return _("%(share)s sure") % {"share": figures.percent(100 * label.confidence)}


def panel_of(comment: Comment, person: Person) -> dict[str, Any]:
    """Everything the panel on a comment's page shows."""
    reading = CommentReading.objects.filter(comment=comment).first()
    labels = list(ThemeLabel.objects.filter(comment=comment).order_by("-confidence", "theme"))
    return {
        "comment": comment,
        "reading": reading,
        "feeling": sentiment_words(reading.sentiment) if reading else "",
        "feeling_sure": _feeling_sure(reading),
        "labels": [
            {
                "code": each.theme,
                "name": theme_name(each.theme),
                "sure": confidence_words(each),
                "feeling": _feeling_of(each, reading),
            }
            for each in labels
            if each.holds
        ],
        "heard": _heard_words(reading),
        "staff": ", ".join(_groups_named(reading)),
        "choices": _choices(labels, person.organisation_id),
        "levels": [
            {"value": level, "name": sentiment_words(level), "chosen": _is(reading, level)}
            for level in Sentiment.values
        ],
        "history": _history(comment),
        "may_correct": may_correct(comment, person),
    }


def may_correct(comment: Comment, person: Person) -> bool:
    """Whether a person may say what a comment is about."""
    if comment.place_id is None:
        return person.places("comment.correct") is None
    return person.may("comment.correct", place_id=comment.place_id)


def _is(reading: CommentReading | None, level: int) -> bool:
    return reading is not None and reading.sentiment == level


def _feeling_sure(reading: CommentReading | None) -> str:
    if reading is None or reading.sentiment is None:
        return ""
    if reading.sentiment != reading.machine_sentiment:
        return _("set by a person")
    return _("%(share)s sure") % {
        "share": figures.percent(100 * (reading.sentiment_confidence or 0))
    }


def _choices(
    labels: Sequence[ThemeLabel], organisation_id: int
) -> list[tuple[str, list[tuple[str, str]]]]:
    holding = {label.theme for label in labels if label.holds}
    return [
        (group, [(code, name) for code, name in themes if code not in holding])
        for group, themes in themes_in_groups(organisation_id)
    ]


def _feeling_of(label: ThemeLabel, reading: CommentReading | None) -> str:
    """How the person felt about this theme, where that differs from the comment as a whole."""
    if reading is None or label.sentiment in (None, reading.sentiment):
        return ""
    return sentiment_words(label.sentiment)


def _heard_words(reading: CommentReading | None) -> str:
    words = {"heard": _("The words say that they felt heard."),
             "not_heard": _("The words say that they did not feel heard.")}  # fmt: skip
    return words.get(reading.heard, "") if reading else ""


def _groups_named(reading: CommentReading | None) -> list[str]:
    names = staff_group_names()
    return [names.get(code, code) for code in reading.staff] if reading else []


def _history(comment: Comment) -> list[dict[str, Any]]:
    rows = Correction.objects.filter(comment=comment).order_by("-at", "-pk")
    return [{"title": _changed(row), "who": row.by_name, "at": row.at} for row in rows]


def _changed(row: Correction) -> str:
    if row.field == Correction.Field.SENTIMENT:
        return _("Feeling: %(before)s, now %(after)s") % {
            "before": sentiment_words(int(row.before or 0)),
            "after": sentiment_words(int(row.after)),
        }
    if row.before and row.after:
        return _("%(before)s, now %(after)s") % {
            "before": theme_name(row.before),
            "after": theme_name(row.after),
        }
    if row.before:
        return _("Taken away: %(theme)s") % {"theme": theme_name(row.before)}
    return _("Added: %(theme)s") % {"theme": theme_name(row.after)}


def portrait_words(found: Portrait) -> dict[str, Any]:
    """A theme's own page: how often, where, how people feel, and whether that is new."""
    whole = sum(count for _level, count in found.feelings)
    return {
        "often": _often(found),
        "monthly": [share.estimate for _month, share in found.months],
        "months": [(month, _share(share)) for month, share in newest_first(found.months)],
        "where": [(place, _share(share), share.some) for place, share in found.places],
        "feelings": [
            (sentiment_words(level), count, round(100 * count / whole))
            for level, count in found.feelings
            if whole
        ],
    }


def _share(share: Share) -> str:
    return figures.figure(share.estimate, n=share.of, low=share.low, high=share.high)


def _often(found: Portrait) -> str:
    """One sentence: how often lately, how often before, and whether the two can be told apart."""
    if found.recent is None:
        return _("Nobody left words in these weeks.")
    if found.before is None:
        return _("Lately %(share)s of comments; nothing before to compare with.") % {
            "share": _share(found.recent)
        }
    shares = {"now": _share(found.recent), "before": _share(found.before)}
    if found.recent.low > found.before.high:
        return _("More than before: lately %(now)s of comments, before %(before)s.") % shares
    if found.recent.high < found.before.low:
        return _("Less than before: lately %(now)s of comments, before %(before)s.") % shares
    return _("Lately %(now)s of comments, before %(before)s: no change we could tell.") % shares
