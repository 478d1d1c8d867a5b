"""Running panels: members for a term, meetings, advice that is answered, choices told."""

from __future__ import annotations

from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.outbox.actions import queue_message
from wellheard.listen.panels.models import (
    Advice,
    AdviceTold,
    ChoiceAnswer,
    Panel,
    PanelMeeting,
    PanelMember,
)
from wellheard.listen.panels.wording import TEMPLATE, answer, reasons
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.places.models import Organisation
from wellheard.people.staff.models import User


class AlreadyDecidedError(Exception):
    """The advice was answered before; members were told so."""


def begin_panel(
    organisation: Organisation, *, name: str, kind: str, by: Actor, at: datetime
) -> Panel:
    """Begin a panel. Raises IntegrityError for a name that is there already."""
    with acting(by, at=at) as trail:
        panel = Panel.objects.create(organisation=organisation, name=name, kind=kind, begun_at=at)
        trail.write("panel.begun", panel, kind=kind)
    return panel


def add_member(
    panel: Panel,
    *,
    name: str,
    email: str = "",
    starts_on: date,
    ends_on: date,
    language: str = "",
    sex: str = "",
    age_band: str = "",
    ethnicity: str = "",
    by: Actor,
    at: datetime,
) -> PanelMember:
    """Seat somebody for a term. An advisory member with an e-mail agrees to be answered there; of
    the other panels nobody becomes a patient. Raises ContactNotUnderstoodError."""
    with acting(by, at=at) as trail:
        patient = None
        if panel.kind == Panel.Kind.ADVISORY and email:
            patient = recognise_patient(
                organisation=panel.organisation, name=name, email=email, language=language,
                by=by, at=at,
            )  # fmt: skip
            if patient is not None:
                give_consent(
                    patient=patient, channel="email", purpose="reply", wording="panel-member",
                    source="panel", by=by, at=at,
                )  # fmt: skip
        member = PanelMember.objects.create(
            panel=panel, name=name, patient=patient, language=language, sex=sex,
            age_band=age_band, ethnicity=ethnicity, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
        trail.write("panel.member_seated", member)
    return member


def end_term(member: PanelMember, *, on: date, by: Actor, at: datetime) -> None:
    """End a term early; a term that has not begun ends on its first day."""
    with acting(by, at=at) as trail:
        member.ends_on = max(member.starts_on, min(member.ends_on, on))
        member.save(update_fields=["ends_on"])
        trail.write("panel.member_left", member)


def note_meeting(
    panel: Panel, *, held_on: date, agenda: str, by: Actor, at: datetime
) -> PanelMeeting:
    """Keep a meeting, past or to come, with its agenda."""
    with acting(by, at=at) as trail:
        meeting = PanelMeeting.objects.create(panel=panel, held_on=held_on, agenda=agenda)
        trail.write("panel.meeting", meeting)
    return meeting


def note_advice(
    panel: Panel, *, text: str, owner: User, due_on: date, meeting: PanelMeeting | None = None,
    by: Actor, at: datetime,
) -> Advice:  # fmt: skip
    """Keep an advice with its owner and day. Raises ValueError for somebody of another house."""
    if owner.organisation_id != panel.organisation_id:
        raise ValueError("the owner works in another organisation")
    with acting(by, at=at) as trail:
        advice = Advice.objects.create(
            organisation_id=panel.organisation_id, panel=panel, meeting=meeting, text=text,
            owner=owner, given_at=at, due_on=due_on,
        )  # fmt: skip
        trail.write("advice.given", advice, owner=owner.pk)
    return advice


def decide_advice(advice: Advice, *, outcome: str, why: str, by: Actor, at: datetime) -> Advice:
    """Accept or decline with a reason, and tell the members of this day in the same act.

    Raises ValueError without a reason or for another outcome, and AlreadyDecidedError.
    """
    if outcome not in Advice.Outcome.values or not why.strip():
        raise ValueError("an advice is accepted or declined with a reason")
    with acting(by, at=at) as trail:
        advice = Advice.objects.select_for_update(of=("self",)).get(pk=advice.pk)
        if advice.outcome:
            raise AlreadyDecidedError
        advice.outcome, advice.why = outcome, why.strip()[:1000]
        advice.decided_by_name, advice.decided_at = by.name[:120], at
        advice.save()
        trail.write("advice.decided", advice, outcome=outcome)
        for member in members_on(advice.panel, at.date()):
            if member.patient_id is not None:
                _write_to(member, advice, by, at)
        _note_all_told(advice, at)
    return advice


def note_told(advice: Advice, *, by: Actor, at: datetime) -> int:
    """Say that those who were not written to were told in person. How many."""
    if not advice.outcome:
        raise ValueError("there is nothing to tell yet")
    with acting(by, at=at) as trail:
        waiting = untold(advice, at.date())
        AdviceTold.objects.bulk_create(
            AdviceTold(advice=advice, member=member, at=at) for member in waiting
        )
        _note_all_told(advice, at)
        trail.write("advice.told", advice, count=len(waiting))
    return len(waiting)


def tell_choice(
    panel: Panel, *, reason: str, told_on: date, went_to: str = "", words: str = "",
    language: str = "", age_band: str = "", by: Actor, at: datetime,
) -> ChoiceAnswer:  # fmt: skip
    """Keep why somebody chose. Raises ValueError for an unknown reason, or an advisory board:
    its members are patients."""
    if reason not in reasons().all() or panel.kind == Panel.Kind.ADVISORY:
        raise ValueError("no such reason, or a panel of patients")
    with acting(by, at=at) as trail:
        choice = ChoiceAnswer.objects.create(
            organisation_id=panel.organisation_id, panel=panel, reason=reason,
            reasons_version=reasons().version, went_to=went_to, words=words, language=language,
            age_band=age_band, told_on=told_on,
        )  # fmt: skip
        trail.write("choice.told", choice)
    return choice


def members_on(panel: Panel, day: date) -> list[PanelMember]:
    """Those whose term runs on a day."""
    return list(panel.members.filter(starts_on__lte=day, ends_on__gte=day))


def untold(advice: Advice, day: date) -> list[PanelMember]:
    """Members of this day who do not know yet what became of an advice."""
    known = set(advice.told.values_list("member_id", flat=True))
    return [member for member in members_on(advice.panel, day) if member.pk not in known]


def _note_all_told(advice: Advice, at: datetime) -> None:
    if not untold(advice, at.date()):
        advice.told_at = at
        advice.save(update_fields=["told_at"])


def _write_to(member: PanelMember, advice: Advice, by: Actor, at: datetime) -> None:
    said = answer(
        member.language, advice.outcome, advice=advice.text, why=advice.why,
        organisation=advice.panel.organisation.name,
    )  # fmt: skip
    assert member.patient_id is not None
    message = queue_message(
        patient_id=member.patient_id, template=TEMPLATE, version=said.version,
        subject=said.subject, body=said.body, short=said.short, purpose="reply",
        language=member.language or "en", channel="email",
        key=f"advice:{advice.pk}:{member.pk}", about=("advice", str(advice.pk)), by=by, at=at,
    )  # fmt: skip
    AdviceTold.objects.get_or_create(advice=advice, member=member, message=message, at=at)
