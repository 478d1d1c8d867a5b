"""Making links, keeping answers as they come, and turning them into a response."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token, sign
from wellheard.listen.intake.actions import NewComment, add_attachment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations import halves, store
from wellheard.listen.invitations.mixing import put_away
from wellheard.listen.invitations.models import Invitation, InvitationFile
from wellheard.listen.invitations.rules import Progress, answered, new_code, sent_answers
from wellheard.listen.invitations.uploads import uploads
from wellheard.listen.invitations.vocabulary import field_days, grace, partial_counts_from
from wellheard.listen.responses.actions import ON_A_KIOSK, NewResponse, receive_response
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.listen.surveys.logic import Answers
from wellheard.listen.surveys.order import ordered
from wellheard.listen.surveys.rules import Item, stored
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Place, Touchpoint

PURPOSE = "survey"
_COMMENT = "comment"
_AT_ONCE = 500
_TRIES = 50


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
    anonymous: bool = False,
    touchpoint: Touchpoint | None = None,
    idle_seconds: int = 0,
    words_apart: bool = False,
    by: Actor,
    at: datetime,
) -> Invited:
    """Make a link to the instrument's newest version. Raises NoInstrumentError.

    ``anonymous``: nobody can tell afterwards who gave which answers; see ``send``.
    ``idle_seconds``: for a shared screen of ours, which is cleared after so long.
    """
    asked = instrument(instrument_code, organisation_id=place.organisation_id)
    secret = new_token()
    with acting(by, at=at) as trail:
        invitation = Invitation.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            touchpoint=touchpoint,
            patient=patient,
            idle_seconds=idle_seconds,
            words_apart=words_apart,
            instrument=asked.code,
            version=asked.version,
            mode=mode,
            anonymous=anonymous,
            language=language or (patient.language if patient else ""),
            key=digest(secret, PURPOSE),
            seed=secrets.randbelow(2**31 - 1) + 1,
            made_at=at,
            expires_at=at + timedelta(days=field_days()),
        )
        trail.write("survey_invited", invitation, instrument=asked.code, version=asked.version)
    return Invited(invitation, sign(secret, PURPOSE))


def note_opened(invitation: Invitation, *, device: str, at: datetime) -> None:
    """The first time that somebody opened the link, and on which class of device."""
    store.note_opened(invitation.pk, device, at)


def keep_progress(
    invitation: Invitation, progress: Progress, *, at: datetime, item: str = ""
) -> bool:
    """Keep the answers so far and the item passed last; False when the survey was sent in the
    meantime."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, finished_at=None)
    begun = invitation.begun_at or at
    return (
        open_ones.update(
            progress=progress.kept(), begun_at=begun, last_item=item, turn=F("turn") + 1
        )
        == 1
    )


def keep_answer(
    invitation: Invitation, item: Item, typed: object, *, at: datetime
) -> Progress | None:
    """Keep one answer; see keep_answers."""
    return keep_answers(invitation, [item], {item.code: typed}, at=at)


def keep_answers(
    invitation: Invitation, items: Sequence[Item], typed: Mapping[str, object], *, at: datetime
) -> Progress | None:
    """Keep answers beside all that other open pages kept meanwhile; the progress after them.

    Only those of ``items`` that are in ``typed`` change. The last answer to a
    question wins. None when the survey was sent in the meantime. Raises
    AnswerError for no such answer.
    """
    for _ in range(_TRIES):
        after = Progress.read(invitation.progress)
        for item in items:
            after = answered(after, item, typed[item.code]) if item.code in typed else after
        kept = store.keep(
            invitation,
            after.kept(),
            item=items[-1].code if items else "",
            begun_at=invitation.begun_at or at,
        )
        if kept:
            return after
        invitation.refresh_from_db(fields=["progress", "turn", "begun_at", "finished_at"])
        if invitation.finished_at is not None:
            return None
        store.opened(invitation, invitation.secret)
    raise OperationalError("an answer found no turn")


def give_code(invitation: Invitation, *, at: datetime) -> str:
    """A new short code that opens this survey on another device; an earlier one ends."""
    if invitation.anonymous:
        raise ValueError("what was answered can be opened with the link alone")
    code = new_code()
    with acting(Actor.patient(invitation.organisation_id), at=at) as trail:
        Invitation.objects.filter(pk=invitation.pk).update(resume_key=digest(code, PURPOSE))
        trail.write("survey_code_given", invitation)
    return code


def token_of_code(code: str) -> str:
    """The secret part of the link that a code stands for, whether or not there is one."""
    return sign(code, PURPOSE)


def end_asking(
    invitation: Invitation,
    why: str,
    *,
    words: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Whoever opened the link says why nobody will answer: "died", "declined" or "stranger".

    What was answered before is kept as an unfinished response. After a death no survey of this
    person stays open, and what the relative says goes to the people who read comments. Saying it
    twice changes nothing.
    """
    with acting(by, at=at) as trail:
        held = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if held.finished_at is not None:
            return
        if _is_worth_keeping(held):
            finish(held, language=language, complete=False, by=by, at=at)
        _close(Invitation.objects.filter(pk=held.pk), why, at)
        if why == "died":
            if held.patient_id is not None:
                others = Invitation.objects.filter(patient_id=held.patient_id, finished_at=None)
                _close(others, why, at)
            receive_comment(
                NewComment(
                    organisation=held.organisation,
                    source=Comment.Source.SURVEY,
                    text=words.strip() or "The person who was asked has died.",
                    place=held.place,
                    patient=held.patient,
                    language=language,
                    question="Told from a survey link: the person who was asked has died",
                    submission_key=digest(f"died:{held.pk}", PURPOSE),
                ),
                by=by,
                at=at,
            )
        trail.write("survey_ended", held, why=why)
        trail.publish("listen.survey_ended", invitation_id=held.pk, why=why)


def _close(invitations: QuerySet[Invitation], why: str, at: datetime) -> None:
    ids = list(invitations.values_list("pk", flat=True))
    InvitationFile.objects.filter(invitation_id__in=ids).delete()
    Invitation.objects.filter(pk__in=ids).update(
        finished_at=Coalesce("finished_at", at), ended_as=why, progress="", resume_key=None
    )


def clear_answers(invitation: Invitation, *, keep: bool, by: Actor, at: datetime) -> None:
    """A shared screen was left, or somebody begins anew: nobody sees these answers there again.

    ``keep``: what was rated counts as an unfinished response; words are forgotten either way, as
    nobody sent them. Clearing twice changes nothing.
    """
    with acting(by, at=at) as trail:
        held = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if held.finished_at is not None:
            return
        progress = Progress.read(held.progress)
        told = _told(instrument_of(held), progress.answers)
        rated = {code: answer for code, answer in progress.answers.items() if code not in told}
        if keep and len(rated) >= partial_counts_from():
            held.progress = replace(progress, answers=rated).kept()
            held.save(update_fields=["progress"])
            finish(held, language="", complete=False, by=by, at=at)
        _close(Invitation.objects.filter(pk=held.pk), "left" if keep else "restarted", at)
        trail.write("survey_cleared", held, kept=keep)


def send(invitation: Invitation, *, language: str, at: datetime) -> None:
    """The person sends the answers. Where anonymity was promised they go without a name, a moment
    or a device into a sealed row of their own, and the invitation keeps only that it was used:
    both or neither, so that whatever is killed, nothing is lost and nobody answers twice."""
    by = Actor.patient(invitation.organisation_id)
    if not invitation.anonymous:
        finish(invitation, language=language, by=by, at=at)
        return
    with acting(by, at=at) as trail:
        held = store.held(invitation.pk)
        if held.finished_at is not None:
            return
        store.opened(held, invitation.secret)
        asked = instrument_of(held)
        answers = sent_answers(asked, Progress.read(held.progress))
        told = _told(asked, answers)
        kept = {"answers": _counted(asked, answers), "told": told, "language": language}
        kept |= {"age_band": held.age_band, "sex": held.sex}
        put_away(held, kept, month=at.date().replace(day=1))
        halves.drop_draft(invitation.secret)
        # No moment stays by which answers could be matched to this link.
        Invitation.objects.filter(pk=held.pk).update(ended_as="sent", finished_at=held.made_at)
        # Nor in the trail: its order would tell whose row came when.
        trail.write("survey_sent_unnamed", ("listen.instrument", asked.code))


def keep_and_send(
    invitation: Invitation,
    items: Sequence[Item],
    typed: Mapping[str, object],
    *,
    language: str,
    at: datetime,
) -> Progress | None:
    """Keep answers and send all there are as one unit of work, which waits for the disk once.

    As keep_answers; while nothing at all is answered, nothing is sent.
    """
    with acting(Actor.patient(invitation.organisation_id), at=at):
        kept = keep_answers(invitation, items, typed, at=at)
        if kept is not None and kept.answers:
            send(invitation, language=language, at=at)
    return kept


def finish(
    invitation: Invitation, *, language: str, complete: bool = True, by: Actor, at: datetime
) -> Response:
    """Turn the answers into a response. Sending twice gives the same response."""
    with acting(by, at=at) as trail:
        held = store.held(invitation.pk)
        if held.response_id is not None and held.response is not None:
            return held.response
        asked = instrument_of(held)
        progress = Progress.read(held.progress)
        answers = sent_answers(asked, progress)
        told = _told(asked, answers)
        response = receive_response(
            NewResponse(
                organisation=held.organisation,
                instrument=held.instrument,
                version=held.version,
                answers=_counted(asked, answers),
                place=held.place,
                touchpoint_id=held.touchpoint_id,
                mode=held.mode,
                language=language or held.language,
                comment=told.pop(_COMMENT, ""),
                comment_apart=held.words_apart,
                complete=complete,
                submission_key=digest(f"survey:{held.pk}", PURPOSE),
            ),
            by=by,
            at=at,
        )
        _keep_told(held, asked, response, told, by=by, at=at)
        store.finish(held.pk, response.pk, at)
        if _asks_for_files(asked):
            held.files.all().delete()
        trail.write("survey_finished", held, complete=complete, seed=held.seed)
    return response


def instrument_of(invitation: Invitation) -> Instrument:
    """The version that was sent out, whatever came after it, in this person's order."""
    sent = store.sent_instrument(
        invitation.organisation_id, invitation.instrument, invitation.version
    )
    if invitation.anonymous or invitation.idle_seconds:
        # A voice or a photo says who somebody is; and on a shared screen, choosing a file leads
        # out of the page.
        sent = replace(
            sent, items=tuple(each for each in sent.items if each.kind not in ("file", "voice"))
        )
    return ordered(sent, invitation.seed)


def close_expired(now: datetime) -> None:
    """Periodic work: surveys whose time is over are kept as far as they were answered."""
    halves.drop_old_drafts(now)
    # Who has begun an anonymous survey is not known: the grace is for all of them.
    may_be_begun = Q(begun_at__isnull=False) | Q(anonymous=True)
    over = Invitation.objects.filter(finished_at=None, expires_at__lte=now).exclude(
        may_be_begun, expires_at__gt=now - grace()
    )
    for invitation in over.select_related("place__site", "organisation")[:_AT_ONCE]:
        by = Actor.system(invitation.organisation_id, "surveys")
        if _is_worth_keeping(invitation):
            finish(invitation, language="", complete=False, by=by, at=now)
        else:
            Invitation.objects.filter(pk=invitation.pk).update(finished_at=now, progress="")
            invitation.files.all().delete()


def _is_worth_keeping(invitation: Invitation) -> bool:
    if invitation.anonymous:
        return False  # It can be read with the link alone, and was not sent.
    progress = Progress.read(invitation.progress)
    told = set(_told(instrument_of(invitation), progress.answers)) | set(uploads(invitation))
    return len(progress.answers.keys() - told) >= partial_counts_from() or bool(told)


def _told(asked: Instrument, answers: Answers) -> dict[str, str]:
    """What was said in own words, by item: it is read by people, not counted."""
    words = {item.code for item in asked.items if item.kind == "text"}
    return {code: str(answer) for code, answer in answers.items() if code in words}


def _counted(asked: Instrument, answers: Answers) -> dict[str, int | str]:
    """The answers that stay with the response: numbers and days."""
    apart = {item.code for item in asked.items if item.kind in ("text", "file", "voice")}
    return stored(asked, {code: value for code, value in answers.items() if code not in apart})


def _keep_told(
    invitation: Invitation,
    asked: Instrument,
    response: Response,
    told: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Each further answer in own words, each photo and each recording as a comment to be read."""

    def comment(code: str, text: str = "") -> Comment:
        question = asked.item(code).text
        return receive_comment(
            NewComment(
                organisation=invitation.organisation,
                source=Comment.Source.SURVEY,
                text=text,
                place=None if invitation.words_apart else invitation.place,
                touchpoint_id=invitation.touchpoint_id,
                mode=invitation.mode if invitation.mode in ON_A_KIOSK else "",
                language=response.language,
                question=question.get(response.language) or next(iter(question.values())),
                response_id=response.pk,
            ),
            by=by,
            at=at,
        )

    for code, text in told.items():
        comment(code, text)
    if not _asks_for_files(asked):
        return
    still_asked = {item.code for item in asked.asked(Progress.read(invitation.progress).answers)}
    for code, received in uploads(invitation).items():
        if code in still_asked:
            add_attachment(comment=comment(code), received=received, by=by, at=at)


def _asks_for_files(asked: Instrument) -> bool:
    return any(item.kind in ("file", "voice") for item in asked.items)
