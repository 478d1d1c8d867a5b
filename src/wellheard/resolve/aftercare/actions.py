"""Waiting after a closure, then asking once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.outbox.actions import queue_message
from wellheard.channels.outbox.wording import fill
from wellheard.listen.invitations.actions import Invited, invite
from wellheard.people.patients.queries import name_to_greet
from wellheard.resolve.aftercare.models import HandlingSurvey
from wellheard.resolve.aftercare.rules import Standing, why_not
from wellheard.resolve.aftercare.vocabulary import after_closing, wording
from wellheard.resolve.complaints.actions.acknowledging import reachable
from wellheard.resolve.complaints.actions.closing import standing_closure
from wellheard.resolve.complaints.models import Case, Closure, HandlingRating

ABOUT = "handling_survey"
# Written out, not reversed: a worker need not load every page of the house to name one of them.
# A test holds it to the address.
ADDRESS = "/{language}/s/{token}/"
_AT_ONCE = 500


def plan_to_ask(closure: Closure, *, by: Actor, at: datetime) -> HandlingSurvey | None:
    """Note that the person of a closed case is to be asked; None when nobody ever is after such
    an ending. Noting it twice is once."""
    rule, case = after_closing(), closure.case
    if case.kind not in rule.kinds or closure.reason in rule.not_after:
        return None
    if case.patient_id is None:
        return None
    with acting(by, at=at) as trail:
        survey, is_new = HandlingSurvey.objects.get_or_create(
            closure=closure,
            defaults={
                "organisation_id": case.organisation_id,
                "case": case,
                "due_at": closure.at + rule.wait,
                "rule_version": rule.version,
            },
        )
        if is_new:
            trail.write("handling_survey.planned", survey)
    return survey


def ask_due(now: datetime) -> int:
    """Ask everybody whose waiting days are over; how many were asked."""
    waiting = HandlingSurvey.objects.filter(asked_at=None, dropped_as="", due_at__lte=now)
    ids = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_ask(survey_id, now) for survey_id in ids)


def _ask(survey_id: int, now: datetime) -> bool:
    """Ask one, or note why not. The link, the message and the note are one transaction, and the
    message's key names the closure: a worker killed here asks nobody twice and forgets nobody."""
    found = HandlingSurvey.objects.get(pk=survey_id)
    by = Actor.system(found.organisation_id, "aftercare")
    with acting(by, at=now) as trail:
        held = HandlingSurvey.objects.select_for_update(of=("self",)).filter(
            pk=survey_id, asked_at=None, dropped_as=""
        )
        survey = held.select_related("case__patient", "case__place", "case__organisation").first()
        if survey is None:
            return False
        survey.dropped_as = why_not(_standing(survey))
        if survey.dropped_as:
            survey.save(update_fields=["dropped_as"])
            trail.write("handling_survey.dropped", survey, why=survey.dropped_as)
            return False
        made = _invited(survey.case, by, now)
        _write_to(survey, made, by, now)
        survey.asked_at, survey.invitation = now, made.invitation
        survey.save(update_fields=["asked_at", "invitation"])
        trail.write("handling_survey.asked", survey)
    return True


def _standing(survey: HandlingSurvey) -> Standing:
    case = survey.case
    earlier = HandlingSurvey.objects.filter(case=case, asked_at__isnull=False)
    holding = standing_closure(case)
    return Standing(
        closure_holds=holding is not None and holding.pk == survey.closure_id,
        withdrawn=case.withdrawals.exists(),
        died=case.patient is None or case.patient.deceased_on is not None,
        reachable=reachable(case),
        has_place=case.place_id is not None,
        told_already=HandlingRating.objects.filter(closure_id=survey.closure_id).exists(),
        asked_before=earlier.exists(),
    )


def _invited(case: Case, by: Actor, at: datetime) -> Invited:
    assert case.place is not None
    return invite(
        place=case.place,
        instrument_code=after_closing().instrument,
        patient=case.patient,
        language=case.language,
        words_apart=True,
        by=by,
        at=at,
    )


def _write_to(survey: HandlingSurvey, made: Invited, by: Actor, at: datetime) -> None:
    case = survey.case
    assert case.patient is not None
    language = case.language or case.patient.language
    words = fill(
        wording(),
        language,
        name=name_to_greet(case.patient),
        organisation=case.organisation.name,
        link=settings.ADDRESS + ADDRESS.format(language=language_of(language), token=made.token),
    )
    # Without a place: it is read by those of the whole organisation only, not on the ward.
    queue_message(
        patient_id=case.patient.pk,
        template=words.template,
        version=words.version,
        subject=words.subject,
        body=words.body,
        short=words.short,
        language=words.language,
        purpose="survey",
        key=f"handling:{survey.closure_id}",
        about=(ABOUT, str(survey.pk)),
        expires_at=made.invitation.expires_at,
        by=by,
        at=at,
    )


def language_of(spoken: str) -> str:
    """The language of the pages for a tag such as "es-MX"; English where there is none."""
    base = spoken.replace("_", "-").partition("-")[0].lower()
    return base if base in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
