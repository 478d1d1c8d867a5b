"""Breaking the glass: one patient's record, for half an hour, in sight of everybody who reviews."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.access.models import GlassBreak, GlassReview
from wellheard.people.access.person import Person
from wellheard.people.access.vocabulary import glass_rules


class GlassRefusedError(ValueError):
    """The glass stays whole; ``reason`` is right, reason, words, own or hidden."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the glass was not broken: {reason}")
        self.reason = reason


def break_glass(
    *, person: Person, patient_id: int, is_own: bool, reason: str, words: str, at: datetime
) -> GlassBreak:
    """Opens one patient's record to the person for a while; an auditor is told at once.

    Raises GlassRefusedError: without the right, without a reason from the list and words of one's
    own, for one's own record, and for a patient whom a ruling hides from the person.
    """
    rules = glass_rules()
    if not person.may("breakglass.invoke") or person.token_id is not None:
        raise GlassRefusedError("right")
    if is_own:
        raise GlassRefusedError("own")
    if patient_id in person.hidden_patients("patient.read"):
        raise GlassRefusedError("hidden")
    if reason not in rules.reasons:
        raise GlassRefusedError("reason")
    if len(words.split()) < rules.least_words:
        raise GlassRefusedError("words")
    with acting(person.actor, at=at) as trail:
        broken = GlassBreak.objects.create(
            organisation_id=person.organisation_id,
            user_id=person.user_id,
            patient_id=patient_id,
            reason=reason,
            words=words.strip(),
            broken_at=at,
            ends_at=at + rules.lasts,
            review_due_at=at + rules.review_within,
        )
        trail.write("glass.broken", ("people.patient", str(patient_id)), glass=broken.pk)
        trail.publish("people.glass_broken", glass_id=broken.pk)
    return broken


def close_glass(*, broken: GlassBreak, by: Actor, at: datetime) -> None:
    """Closes the record before its time."""
    with acting(by, at=at) as trail:
        if GlassBreak.objects.filter(pk=broken.pk, ends_at__gt=at).update(ends_at=at):
            trail.write("glass.closed", ("people.patient", str(broken.patient_id)), glass=broken.pk)


def review_glass(
    *, broken: GlassBreak, justified: bool, note: str, by: Actor, at: datetime
) -> GlassReview:
    """An auditor's finding. Raises GlassRefusedError("own") for the one who broke it."""
    if by.ref == str(broken.user_id):
        raise GlassRefusedError("own")
    with acting(by, at=at) as trail:
        review, is_new = GlassReview.objects.get_or_create(
            glass_break=broken,
            defaults={
                "justified": justified,
                "note": note.strip(),
                "reviewed_by_id": int(by.ref),
                "reviewed_at": at,
            },
        )
        if is_new:
            trail.write("glass.reviewed", broken, justified=justified)
    return review
