"""Taking up what has arrived: copies are linked, and everything gets an owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.listen.intake.models import Comment, Disposition, Ownership, StandsAlone
from wellheard.listen.intake.policy import policy
from wellheard.listen.intake.queries import owners_of_places
from wellheard.listen.intake.rules.duplicates import Told, find_copies

_AT_ONCE = 2_000


def take_up(comment_ids: Sequence[int], *, by: Actor, at: datetime) -> None:
    """Link copies to what was said first, and give the rest an owner. Safe to repeat."""
    with acting(by, at=at) as trail:
        waiting, copies, owned = sorted(comment_ids), 0, 0
        for start in range(0, len(waiting), _AT_ONCE):
            comments = list(
                Comment.objects.filter(
                    organisation_id=by.organisation_id, pk__in=waiting[start : start + _AT_ONCE]
                )
            )
            copies += _link_copies(comments, by, at)
            owned += _give_owners(comments, by, at)
        if copies or owned:
            trail.write("comments_taken_up", ("listen.comment", "many"), copies=copies, owned=owned)


def mark_copy(*, comment_id: int, first_id: int, by: Actor, at: datetime) -> None:
    """Say that a comment tells again what ``first_id`` told. It is then counted once.

    Raises Comment.DoesNotExist, and ValueError when the two are the same or already the other
    way round.
    """
    with acting(by, at=at) as trail:
        mine = Comment.objects.filter(organisation_id=by.organisation_id)
        comment, first = mine.get(pk=comment_id), mine.get(pk=first_id)
        first_id = first.duplicate_of_id or first.pk
        if comment.pk == first_id:
            raise ValueError("a comment is not its own copy")
        _keep_copies({comment.pk: first_id}, by, at)
        trail.write("comment_marked_copy", comment, first=first_id)


def not_a_copy(*, comment_id: int, by: Actor, at: datetime) -> None:
    """Say that a comment stands for itself after all: it counts again, and waits to be decided.

    From then on only a person joins it, never the house by itself."""
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        if comment.duplicate_of_id is None:
            return
        StandsAlone.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            first_id=comment.duplicate_of_id,
            by=f"{by.kind}:{by.ref}",
            by_name=by.name[:120],
            at=at,
        )
        Comment.objects.filter(pk=comment.pk).update(duplicate_of=None, disposition="")
        trail.write("comment_not_copy", comment, first=comment.duplicate_of_id)


def _link_copies(comments: Sequence[Comment], by: Actor, at: datetime) -> int:
    new = [each for each in comments if each.text and each.duplicate_of_id is None]
    alone = StandsAlone.objects.filter(comment__in=new).values_list("comment_id", flat=True)
    new = [each for each in new if each.pk not in set(alone)]
    if not new:
        return 0
    copies = find_copies([_told(each) for each in new], _around(new, by), policy())
    _keep_copies({copy: first for copy, (first, _) in copies.items()}, by, at)
    return len(copies)


def _around(new: Sequence[Comment], by: Actor) -> Iterable[Told]:
    """What was told around the same time, copies left out: a copy is linked to the first."""
    reach = timedelta(days=max(policy().same_person.within_days, policy().same_words.within_days))
    times = [each.received_at for each in new]
    around = Comment.objects.counted().filter(
        organisation_id=by.organisation_id,
        received_at__gte=min(times) - reach,
        received_at__lte=max(times) + reach,
        pk__lt=max(each.pk for each in new),
    )
    ids = {each.pk for each in new}
    fields = ("pk", "text", "received_at", "place_id", "patient_id", "respondent_id")
    for comment in around.exclude(text="").only(*fields).iterator(chunk_size=_AT_ONCE):
        if comment.pk not in ids:
            yield _told(comment)


def _told(comment: Comment) -> Told:
    who = f"p{comment.patient_id}" if comment.patient_id else comment.respondent_id
    return Told(comment.pk, comment.text, comment.received_at, comment.place_id, who)


def _keep_copies(copies: dict[int, int], by: Actor, at: datetime) -> None:
    by_first: dict[int, list[int]] = defaultdict(list)
    for copy, first in copies.items():
        by_first[first].append(copy)
    for first, found in by_first.items():
        Comment.objects.filter(duplicate_of_id__in=found).update(duplicate_of_id=first)
        Comment.objects.filter(pk__in=found).update(
            duplicate_of_id=first, disposition=Disposition.Kind.DUPLICATE
        )
    insert_rows(
        Disposition,
        [
            {
                "organisation_id": by.organisation_id,
                "comment_id": copy,
                "kind": Disposition.Kind.DUPLICATE.value,
                "by": f"{by.kind}:{by.ref}",
                "by_name": by.name[:120],
                "at": at,
            }
            for copy in copies
        ],
    )


def _give_owners(comments: Sequence[Comment], by: Actor, at: datetime) -> int:
    unowned = [
        each
        for each in comments
        if each.owner_id is None and each.disposition != Disposition.Kind.HISTORY
    ]
    owners = owners_of_places(by.organisation_id, {each.place_id for each in unowned}, now=at)
    by_owner: dict[int, list[int]] = defaultdict(list)
    for comment in unowned:
        owner_id = owners.get(comment.place_id)
        if owner_id is not None:
            by_owner[owner_id].append(comment.pk)
    for owner_id, ids in by_owner.items():
        for start in range(0, len(ids), _AT_ONCE):
            Comment.objects.filter(pk__in=ids[start : start + _AT_ONCE]).update(owner_id=owner_id)
        insert_rows(
            Ownership,
            [
                {
                    "organisation_id": by.organisation_id,
                    "comment_id": comment_id,
                    "owner_id": owner_id,
                    "why": "place",
                    "by": f"{by.kind}:{by.ref}",
                    "at": at,
                }
                for comment_id in ids
            ],
        )
    return sum(len(ids) for ids in by_owner.values())
