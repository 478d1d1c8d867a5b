"""What a higher room may add to the list of comments, and to each line of it.

Slot ``listen.comment_filters``: functions ``() -> Sequence[ListFilter]``.
Slot ``listen.comment_lines``: functions ``(Sequence[Comment], Person) -> Mapping[int, Aside]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wellheard.base.pages.panels import fillers
from wellheard.listen.intake.models import Comment, CommentQuerySet
from wellheard.listen.intake.rules.abuse import soften
from wellheard.people.access.person import Person


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A further way to narrow the list. ``choices``: (value, words), or groups of them."""

    name: str
    label: str
    choices: Sequence[tuple[str, object]]
    narrow: Callable[[CommentQuerySet, str], CommentQuerySet]


@dataclass(frozen=True, slots=True)
class Aside:
    """What is known about a comment beyond its words. ``badges``: (words, kind, sign).

    ``masked``: the words without names and numbers; None while they are not known.
    """

    badges: tuple[tuple[str, str, str], ...] = ()
    masked: str | None = None


def list_filters() -> list[ListFilter]:
    """The filters of higher rooms, in the order of the wiring."""
    return [each for fill in fillers("listen.comment_filters") for each in fill()]


def asides(comments: Sequence[Comment], person: Person) -> Mapping[int, Aside]:
    """What higher rooms say about these comments, put together by comment."""
    found: dict[int, Aside] = {}
    for fill in fillers("listen.comment_lines"):
        for comment_id, aside in fill(comments, person).items():
            known = found.get(comment_id, Aside())
            masked = aside.masked if aside.masked is not None else known.masked
            found[comment_id] = Aside(known.badges + aside.badges, masked)
    return found


def words_for(comment: Comment, person: Person, aside: Aside) -> tuple[str | None, bool]:
    """(the words as this person may read them, whether they are masked); None: not yet."""
    reach = person.places("comment.read")
    if reach is None or comment.place_id in reach:
        return comment.text, False
    if not comment.text or aside.masked is None:
        return (aside.masked if comment.text else ""), True
    return soften(aside.masked), True
