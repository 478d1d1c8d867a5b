"""Keeping rounds and what staff heard; naming the beds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.actions import (
    NewComment,
    assign_owner,
    decide_comment,
    receive_comment,
)
from wellheard.listen.intake.models import Comment, Disposition
from wellheard.listen.rounds.models import Bed, Round, StaffHeard
from wellheard.listen.rounds.prompts import prompts
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User

Outcome = Round.Outcome
# What a round already settled needs no second decision; what was assigned waits for one.
_SETTLED = {
    Outcome.FIXED: (Disposition.Kind.ANSWERED, "Put right during the round"),
    Outcome.THANKED: (Disposition.Kind.NOTED, "Thanked during the round"),
}


def note_round(
    *,
    place: Place,
    bed: Bed | None,
    outcome: str,
    prompt: str = "",
    note: str = "",
    to: User | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Round:
    """Keep one talk. With words it becomes a comment; the same ``key`` again changes nothing.

    Raises ValueError for an outcome or prompt that does not exist, or a bed of another place.
    """
    questions = prompts().questions
    if outcome not in Outcome.values or (prompt and prompt not in questions):
        raise ValueError("no such outcome or prompt")
    if bed is not None and bed.place_id != place.pk:
        raise ValueError("the bed stands in another place")
    sealed = digest(key, "round")
    with acting(by, at=at) as trail:
        earlier = Round.objects.filter(submission_key=sealed).first()
        if earlier is not None:
            return earlier
        comment = _comment(place, questions.get(prompt, ""), note, sealed, by, at)
        if comment is not None:
            _settle(comment, Outcome(outcome), to, by, at)
        kept = Round.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            bed=bed,
            outcome=outcome,
            prompt=prompt,
            prompts_version=prompts().version,
            comment=comment,
            by_id=int(by.ref) if by.kind == "staff" else None,
            submission_key=sealed,
            at=at,
        )
        trail.write("round.noted", kept, outcome=outcome)
    return kept


def _comment(
    place: Place, question: str, note: str, key: str, by: Actor, at: datetime
) -> Comment | None:
    if not note.strip():
        return None
    new = NewComment(
        organisation=place.organisation,
        source="round",
        text=note,
        place=place,
        question=question,
        submission_key=key,
    )
    return receive_comment(new, by=by, at=at)


def _settle(
    comment: Comment, outcome: Round.Outcome, to: User | None, by: Actor, at: datetime
) -> None:
    if outcome in _SETTLED:
        kind, why = _SETTLED[outcome]
        decide_comment(comment_id=comment.pk, kind=kind, why=why, by=by, at=at)
    elif to is not None:
        assign_owner(comment_id=comment.pk, owner=to, why="round", by=by, at=at)


def report_heard(
    *, place: Place, text: str, anonymous: bool, key: str, by: Actor, at: datetime
) -> Comment:
    """Keep what a patient told a member of staff. ``anonymous``: neither the row nor the trail
    says who heard it. Raises TooLongError, and ValueError without words."""
    if not text.strip():
        raise ValueError("there are no words")
    speaker = Actor.system(place.organisation_id, "staff-heard") if anonymous else by
    new = NewComment(
        organisation=place.organisation,
        source="staff_heard",
        text=text,
        place=place,
        submission_key=digest(key, "staff-heard"),
    )
    with acting(speaker, at=at):
        comment = receive_comment(new, by=speaker, at=at)
        StaffHeard.objects.get_or_create(
            comment=comment,
            defaults={"by_id": None if anonymous or by.kind != "staff" else int(by.ref)},
        )
    return comment


def name_beds(place: Place, labels: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Make these the beds of a place. Others are taken away, with their rounds kept."""
    wanted = list(dict.fromkeys(label.strip()[:20] for label in labels if label.strip()))
    with acting(by, at=at) as trail:
        beds = Bed.objects.filter(place=place)
        beds.filter(removed_at=None).exclude(label__in=wanted).update(removed_at=at)
        beds.filter(label__in=wanted).update(removed_at=None)
        known = set(beds.values_list("label", flat=True))
        for label in wanted:
            if label not in known:
                Bed.objects.create(place=place, label=label)
        trail.write("beds.named", place, count=len(wanted))
