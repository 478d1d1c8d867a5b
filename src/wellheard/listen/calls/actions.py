"""Putting people on the call list, calling, keeping answers, and saying how each call ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest
from wellheard.listen.calls.models import CallAttempt, CallTask
from wellheard.listen.calls.rules import calling, is_over, may_call, next_call
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.rules import Progress, sent_answers
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.sampling.actions import close_step, record_answer
from wellheard.listen.sampling.models import ModeStep
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.listen.surveys.rules import stored
from wellheard.people.consent.actions import withdraw_consent
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import contact_for
from wellheard.people.places.models import Place
from wellheard.people.preferences.queries import preference_of

CHANNEL = "voice"
PURPOSE = "survey"
_COMMENT = "comment"


class CallError(ValueError):
    """This cannot be done; ``why``: "consent", "number", "hours", "not_due", "ended", "taken"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def add_task(
    *, patient: Patient, place: Place, instrument_code: str, by: Actor, at: datetime
) -> CallTask:
    """Put somebody on the list who agreed to be called. Raises CallError, NoInstrumentError."""
    if not has_consent(patient.pk, CHANNEL, PURPOSE, at):
        raise CallError("consent")
    if number_of(patient) == "":
        raise CallError("number")
    asked = instrument(instrument_code, organisation_id=place.organisation_id)
    with acting(by, at=at) as trail:
        task = CallTask.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            patient=patient,
            instrument=asked.code,
            version=asked.version,
            language=spoken(patient.language, asked),
            interpreter=not speaks(patient.language, asked),
            made_at=at,
            due_at=at,
            closes_at=at + timedelta(days=calling().window_days),
        )
        trail.write("calls.planned", task)
    return task


def take_up_steps(steps: Iterable[ModeStep], *, by: Actor, at: datetime) -> int:
    """Put drawn people on the list whose step by telephone is due; how many. Whoever cannot be
    called fails the step, and the next way follows at once."""
    count = 0
    with acting(by, at=at) as trail:
        for step in steps:
            if CallTask.objects.filter(step=step).exists():
                continue
            member = step.member
            if member.patient is None or number_of(member.patient) == "":
                close_step(step, outcome="failed", by=by, at=at)
                continue
            wave = member.wave
            asked = instrument(
                wave.plan.instrument, wave.instrument_version, organisation_id=step.organisation_id
            )
            task = CallTask.objects.create(
                organisation_id=step.organisation_id,
                place=member.place,
                patient=member.patient,
                step=step,
                instrument=asked.code,
                version=asked.version,
                language=spoken(member.language, asked),
                interpreter=not speaks(member.patient.language, asked),
                made_at=at,
                due_at=at,
                closes_at=member.closes_at,
            )
            trail.write("calls.planned", task)
            count += 1
    return count


def begin_call(task: CallTask, *, by: Actor, at: datetime) -> CallAttempt:
    """Somebody dials. Nobody is called outside their hours, too soon, twice at a time, or after
    they answered or asked to stop. Raises CallError."""
    with acting(by, at=at) as trail:
        held = CallTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if held.ended_at is not None or at >= held.closes_at or _settled(held):
            raise CallError("ended")
        if held.due_at > at:
            raise CallError("not_due")
        if not may_call(at, zones_of(held)):
            raise CallError("hours")
        if number_of(held.patient) == "":
            raise CallError("number")
        lasting = held.attempts.filter(ended_at=None).first()
        if lasting is not None:
            if lasting.by_id == int(by.ref):
                return lasting
            if lasting.begun_at > at - timedelta(minutes=calling().held_minutes):
                raise CallError("taken")
            CallAttempt.objects.filter(pk=lasting.pk).update(ended_at=at, outcome="no_answer")
        attempt = CallAttempt.objects.create(
            organisation_id=held.organisation_id,
            task=held,
            by_id=int(by.ref),
            begun_at=at,
            language=held.language,
            interpreter=held.interpreter,
            rules_version=calling().version,
        )
        trail.write("calls.begun", held, attempt=attempt.pk)
    return attempt


def keep_answers(attempt: CallAttempt, progress: Progress) -> None:
    """The answers so far: a line that breaks loses nothing."""
    CallTask.objects.filter(pk=attempt.task_id, ended_at=None).update(progress=progress.kept())


def switch(attempt: CallAttempt, *, language: str, interpreter: bool) -> None:
    """Go on in another language, or with an interpreter; answers stay."""
    CallAttempt.objects.filter(pk=attempt.pk).update(language=language, interpreter=interpreter)
    CallTask.objects.filter(pk=attempt.task_id).update(language=language, interpreter=interpreter)


def tell_concern(attempt: CallAttempt, text: str, *, by: Actor, at: datetime) -> Comment:
    """What a person told in distress goes at once to those who act, whatever becomes of the
    interview. Raises TooLongError."""
    task = attempt.task
    return receive_comment(
        NewComment(
            organisation=task.organisation,
            source="phone",
            text=text,
            place=task.place,
            patient=task.patient,
            language=attempt.language,
            wants_reply=True,
        ),
        by=by,
        at=at,
    )


def end_call(
    attempt: CallAttempt,
    outcome_code: str,
    *,
    call_back_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> CallTask:
    """Say how a call ended. Answers are kept when it is over; else it is tried again, at the time
    the person wished or some hours later, always within their hours. Raises KeyError."""
    outcome = calling().outcomes[outcome_code]
    with acting(by, at=at) as trail:
        held = CallTask.objects.select_for_update(of=("self",)).get(pk=attempt.task_id)
        if not held.attempts.filter(pk=attempt.pk, ended_at=None).exists():
            return held
        CallAttempt.objects.filter(pk=attempt.pk).update(ended_at=at, outcome=outcome.code)
        again_at = next_call(
            call_back_at or at + timedelta(hours=calling().hours_between), zones_of(held)
        )
        over = is_over(outcome, held.attempts.count()) or again_at >= held.closes_at
        if over:
            _end(held, outcome.code, outcome.ended_as, by, at)
        else:
            held.due_at = again_at
            held.save(update_fields=["due_at"])
        trail.write("calls.ended", held, outcome=outcome.code, again=not over)
    return held


def _end(task: CallTask, code: str, ended_as: str, by: Actor, at: datetime) -> None:
    """What was answered becomes a response, also of somebody who broke off; the sample is told."""
    asked = instrument_of(task)
    answers = sent_answers(asked, Progress.read(task.progress))
    if answers and code not in ("wrong_number", "died"):
        _respond(task, asked, complete=code == "complete", by=by, at=at)
    if code == "refused":
        withdraw_consent(
            patient=task.patient, channel=CHANNEL, purpose=PURPOSE, source="call", by=by, at=at
        )
    if task.step is not None:
        if task.response is not None:
            record_answer(task.step.member, task.response, by=by, at=at)
        told = ended_as if ended_as != "answered" or task.response else ""
        done = "done" if ended_as else "failed"
        close_step(task.step, outcome=done, ended_as=told, by=by, at=at)
    task.ended_at, task.ended_as, task.progress = at, code, ""
    task.save()


def _respond(task: CallTask, asked: Instrument, *, complete: bool, by: Actor, at: datetime) -> None:
    answers = sent_answers(asked, Progress.read(task.progress))
    words = {item.code for item in asked.items if item.kind == "text"}
    told = {code: str(value) for code, value in answers.items() if code in words}
    counted = {code: value for code, value in answers.items() if code not in words}
    task.response = receive_response(
        NewResponse(
            organisation=task.organisation,
            instrument=task.instrument,
            version=task.version,
            answers=stored(asked, counted),
            place=task.place,
            mode="phone",
            language=task.language,
            comment=told.pop(_COMMENT, ""),
            complete=complete,
            submission_key=digest(f"call:{task.pk}", "call"),
        ),
        by=by,
        at=at,
    )
    for code, text in told.items():
        receive_comment(
            NewComment(
                organisation=task.organisation,
                source="survey",
                text=text,
                place=task.place,
                language=task.language,
                question=asked.item(code).text[task.language],
                response_id=task.response.pk,
            ),
            by=by,
            at=at,
        )


def instrument_of(task: CallTask) -> Instrument:
    """The version that was planned, whatever came after it."""
    return instrument(task.instrument, task.version, organisation_id=task.organisation_id)


def zones_of(task: CallTask) -> tuple[str, ...]:
    """Every zone the patient may be in."""
    wanted = preference_of(task.patient_id)
    return tuple(wanted.zones) or (wanted.zone,)


def number_of(patient: Patient) -> str:
    """The number to call; "" when there is none that may be used."""
    point = contact_for(patient.pk, "sms")
    return str(point.value) if point is not None and point.kind == "sms" else ""


def speaks(language: str, asked: Instrument) -> bool:
    """Whether the survey is published in the person's language."""
    return language.partition("-")[0].casefold() in asked.languages


def spoken(language: str, asked: Instrument) -> str:
    """The language to read the script in; the survey's first when it is not published in theirs."""
    base = language.partition("-")[0].casefold()
    return base if base in asked.languages else asked.languages[0]


def _settled(task: CallTask) -> bool:
    """Whether the person answered, refused or died while they were on the list."""
    if task.patient.deceased_on is not None:
        return True
    return task.step is not None and task.step.member.ended_as != ""
