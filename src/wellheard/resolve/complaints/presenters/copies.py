"""The copy of what somebody told us, in their language, to read out, hand over or post (C02)."""

from __future__ import annotations

from dataclasses import dataclass

from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.messages import SPOKEN, policy_of, values_for
from wellheard.resolve.complaints.wording import RIGHT_TO_LEFT, say, spoken


@dataclass(frozen=True, slots=True)
class Copy:
    """One page of paper. ``words`` are theirs; ``translated_by`` when it is not the original."""

    language: str
    direction: str
    title: str
    when: str
    words: str
    words_language: str
    translated_by: str
    wish_heading: str
    wish: str
    read_back: str
    wrong: str
    follow: str


def copy_of(case: Case) -> Copy:
    """What the person told us first; in their language where a translation stands beside it."""
    language = spoken(case.language)
    values = values_for(case, policy_of(case), language)
    view = case.perspectives.order_by("at", "pk").first()
    mine = case.comment.translations.filter(language=language).order_by("-at").first()
    when = "copy_when" if case.channel in SPOKEN else "copy_letter"
    wish = view.wish if view else ""
    return Copy(
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        title=say("copy_title", language),
        when=say(when, language, **values),
        words=mine.text if mine else case.comment.text,
        words_language=language if mine else case.comment.language,
        translated_by=(mine.translator or mine.by_name) if mine else "",
        wish_heading=say("copy_wish", language) if wish else "",
        wish=wish,
        read_back=say("copy_read", language) if view and view.confirmed else "",
        wrong=say("copy_wrong", language),
        follow=values["link"],
    )
