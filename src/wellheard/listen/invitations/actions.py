"""Making links, keeping answers as they come, and turning them into a response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token, sign
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import Progress, sent_answers
from wellheard.listen.invitations.vocabulary import field_days, partial_counts_from
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Place

PURPOSE = "survey"
_COMMENT = "comment"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation and the secret part of its link, known only now."""

    invitation: Invitation
    token: str


def invite(
    *,
    place: Place,
    instrument_code: str,
    patient: Patient | None = None,
    language: str = "",
    mode: str = "web",
    by: Actor,
    at: datetime,
) -> Invited:
    """Make a link to the instrument's newest version. Raises NoInstrumentError."""
    asked = instrument(instrument_code, organisation_id=place.organisation_id)
    secret = new_token()
    with acting(by, at=at) as trail:
        invitation = Invitation.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            patient=patient,
            instrument=asked.code,
            version=asked.version,
            mode=mode,
            language=language or (patient.language if patient else ""),
            key=digest(secret, PURPOSE),
            made_at=at,
            expires_at=at + timedelta(days=field_days()),
        )
        trail.write("survey_invited", invitation, instrument=asked.code, version=asked.version)
    return Invited(invitation, sign(secret, PURPOSE))


def keep_progress(invitation: Invitation, progress: Progress, *, at: datetime) -> bool:
    """Keep the answers so far; False when the survey was sent in the meantime."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, finished_at=None)
    begun = invitation.begun_at or at
    return open_ones.update(progress=progress.kept(), begun_at=begun) == 1


def finish(
    invitation: Invitation, *, language: str, complete: bool = True, by: Actor, at: datetime
) -> Response:
    """Turn the answers into a response. Sending twice gives the same response."""
    with acting(by, at=at) as trail:
        held = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if held.response is not None:
            return held.response
        asked = instrument_of(held)
        progress = Progress.read(held.progress)
        answers = sent_answers(asked, progress)
        words = str(answers.pop(_COMMENT, ""))
        response = receive_response(
            NewResponse(
                organisation=held.organisation,
                instrument=held.instrument,
                version=held.version,
                answers=answers,
                place=held.place,
                mode=held.mode,
                language=language or held.language,
                comment=words,
                complete=complete,
                submission_key=digest(f"survey:{held.pk}", PURPOSE),
            ),
            by=by,
            at=at,
        )
        # What was answered now lies in the response; the link keeps nothing of it.
        held.progress, held.finished_at, held.response = "", at, response
        held.save(update_fields=["progress", "finished_at", "response"])
        trail.write("survey_finished", held, complete=complete)
    return response


def instrument_of(invitation: Invitation) -> Instrument:
    """The version that was sent out, whatever came after it."""
    return instrument(
        invitation.instrument, invitation.version, organisation_id=invitation.organisation_id
    )


def close_expired(now: datetime) -> None:
    """Periodic work: surveys whose time is over are kept as far as they were answered."""
    over = Invitation.objects.filter(finished_at=None, expires_at__lte=now)
    for invitation in over.select_related("place__site", "organisation")[:_AT_ONCE]:
        by = Actor.system(invitation.organisation_id, "surveys")
        progress = Progress.read(invitation.progress)
        rated = [code for code in progress.answers if code != _COMMENT]
        if len(rated) >= partial_counts_from() or _COMMENT in progress.answers:
            finish(invitation, language="", complete=False, by=by, at=now)
        else:
            Invitation.objects.filter(pk=invitation.pk).update(finished_at=now, progress="")
