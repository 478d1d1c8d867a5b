"""Reads of comments for other features and for the screens."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wellheard.base.vault.sealing import unseal
from wellheard.listen.intake.models import Attachment, AttachmentContent, Comment, PassedOn
from wellheard.listen.intake.policy import policy
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.listen.intake.rules.triage import first_owner
from wellheard.people.access.models import Membership
from wellheard.people.places.models import Place

_ASKED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many comments wait for a first decision, and how many of them too long."""

    undecided: int
    late: int


def comment(comment_id: int) -> Comment:
    """The comment with its place; raises Comment.DoesNotExist. The caller asks who may see it."""
    return Comment.objects.select_related("place", "site", "organisation", "patient").get(
        pk=comment_id
    )


def comment_by_reference(organisation_id: int, typed: str) -> Comment | None:
    """The comment a person means by a reference as typed or dictated."""
    found = Comment.objects.filter(organisation_id=organisation_id, reference=tidy_reference(typed))
    return found.first()


def comment_by_submission(submission_key: str) -> Comment | None:
    """The comment that an earlier sending with this key became."""
    return (
        Comment.objects.filter(submission_key=submission_key)
        .select_related("place__site", "organisation")
        .first()
    )


def comments_of_batch(organisation_id: int, batch: UUID | str) -> list[int]:
    """Ids of the comments of one import."""
    found = Comment.objects.filter(organisation_id=organisation_id, import_batch=batch)
    return list(found.order_by("pk").values_list("pk", flat=True))


def known_external_ids(
    organisation_id: int, source: str, external_ids: Collection[str]
) -> set[str]:
    """Which of another system's ids have already arrived by this source."""
    asked, known = list(external_ids), set[str]()
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        found = Comment.objects.filter(
            organisation_id=organisation_id,
            source=source,
            external_id__in=asked[start : start + _ASKED_AT_ONCE],
        )
        known.update(found.values_list("external_id", flat=True))
    return known


def tellings(comment: Comment) -> list[Comment]:
    """All the times this was told, first and copies, oldest first (at least the comment itself)."""
    first = comment.duplicate_of_id or comment.pk
    copies = Comment.objects.filter(duplicate_of_id=first)
    both = copies | Comment.objects.filter(pk=first)
    return list(both.select_related("place").order_by("received_at", "pk"))


def waiting(organisation_id: int, places: Iterable[int] | None, *, now: datetime) -> Waiting:
    """What waits for a first decision at these places (None: in the whole organisation)."""
    undecided = Comment.objects.undecided().filter(organisation_id=organisation_id)
    if places is not None:
        undecided = undecided.filter(place_id__in=places)
    return Waiting(undecided.count(), undecided.overdue(now).count())


def compliments_for(user_id: int, places: Collection[int], *, limit: int = 20) -> list[PassedOn]:
    """Praise passed on to this user or to everybody at their places, newest first."""
    rows = PassedOn.objects.select_related("comment", "place")
    mine = rows.filter(to_id=user_id) | rows.filter(to=None, place_id__in=places)
    return list(mine.order_by("-at")[:limit])


def attachment_bytes(attachment: Attachment) -> bytes:
    """The photo or voice note itself. Raises CannotUnseal when it was altered."""
    content = AttachmentContent.objects.get(attachment=attachment)
    sealed = base64.b64encode(bytes(content.sealed)).decode()
    return base64.b64decode(unseal(sealed, "attachment"))


def owners_of_places(
    organisation_id: int, place_ids: Collection[int | None], *, now: datetime
) -> dict[int | None, int]:
    """Who answers for comments of each place (None: comments that name no place).

    The nearest wins: first somebody at the place, then at its site, then in the whole house;
    among those, the order of roles in the policy.
    """
    members = _members(organisation_id, now)
    asked = [place_id for place_id in place_ids if place_id is not None]
    sites: dict[int | None, int] = dict(
        Place.objects.filter(pk__in=asked).values_list("pk", "site_id")
    )
    owners: dict[int | None, int] = {}
    for place_id in place_ids:
        for reach in ((None, place_id), (sites.get(place_id), None), (None, None)):
            owner = first_owner(members.get(reach, {}), policy())
            if owner is not None:
                owners[place_id] = owner
                break
    return owners


def _members(
    organisation_id: int, now: datetime
) -> dict[tuple[int | None, int | None], dict[str, list[int]]]:
    """(site, place) of a membership -> role -> users, longest serving first."""
    rows = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=now),
        organisation_id=organisation_id,
        user__is_active=True,
        role__in=policy().owner_roles,
    ).order_by("pk")
    members: dict[tuple[int | None, int | None], dict[str, list[int]]] = {}
    for user_id, role, site_id, place_id in rows.values_list(
        "user_id", "role", "site_id", "place_id"
    ):
        reach = members.setdefault((site_id, place_id), defaultdict(list))
        reach[role].append(user_id)
    return members
