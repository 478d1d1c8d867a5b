"""What themes add to the list of comments: two filters, and badges and masked words on lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from wellheard.listen.intake.listing import Aside, ListFilter
from wellheard.listen.intake.models import Comment, CommentQuerySet
from wellheard.people.access.person import Person
from wellheard.understand.themes.models import CommentReading, Sentiment, ThemeLabel
from wellheard.understand.themes.vocabulary import theme_name, themes_in_groups

_MOST_THEMES = 3


def filters() -> Sequence[ListFilter]:
    """By theme, and by how the person felt."""
    return (
        ListFilter("theme", _("Theme"), themes_in_groups(), _of_theme),
        ListFilter(
            "mood",
            _("Feeling"),
            (("praise", _("Praise")), ("mixed", _("Neutral or mixed")), ("trouble", _("Unhappy"))),
            _of_mood,
        ),
    )


def lines(comments: Sequence[Comment], person: Person) -> Mapping[int, Aside]:
    """Praise or trouble, the surest themes, and the words without names."""
    ids = [comment.pk for comment in comments]
    readings = CommentReading.objects.filter(comment_id__in=ids).in_bulk(field_name="comment_id")
    themes: dict[int, list[str]] = {}
    labels = ThemeLabel.objects.filter(comment_id__in=ids, holds=True).order_by("-confidence")
    for comment_id, theme in labels.values_list("comment_id", "theme"):
        themes.setdefault(comment_id, []).append(theme)
    return {pk: _aside(reading, themes.get(pk, [])) for pk, reading in readings.items()}


def _aside(reading: Any, themes: list[str]) -> Aside:
    feeling: tuple[tuple[str, str, str], ...] = ()
    if reading.is_praise:
        feeling = ((_("Praise"), "praise", "praise"),)
    elif reading.safety:
        feeling = ((_("Safety"), "danger", "danger"),)
    names = dict.fromkeys(theme_name(code) for code in themes)
    named = tuple((name, "plain", "") for name in list(names)[:_MOST_THEMES])
    return Aside(feeling + named, reading.masked_text)


def _of_theme(found: CommentQuerySet, code: str) -> CommentQuerySet:
    labelled = ThemeLabel.objects.filter(theme=code, holds=True)
    return found.filter(pk__in=labelled.values("comment_id"))


def _of_mood(found: CommentQuerySet, mood: str) -> CommentQuerySet:
    read = CommentReading.objects.all()
    if mood == "praise":
        read = read.filter(is_praise=True)
    elif mood == "trouble":
        read = read.filter(sentiment__gte=Sentiment.NEGATIVE)
    else:
        read = read.filter(sentiment=Sentiment.MIXED, is_praise=False)
    return found.filter(pk__in=read.values("comment_id"))
