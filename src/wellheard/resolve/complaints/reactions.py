"""What cases do when something happens elsewhere. Each is safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.channels.inbound.models import InboundMessage
from wellheard.channels.mailbox.models import IncomingMail
from wellheard.channels.mailbox.queries import mail_of_inbound
from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.queries import comment as read_comment
from wellheard.resolve.complaints.actions.acknowledging import (
    acknowledge_case,
    note_acknowledgement_failed,
)
from wellheard.resolve.complaints.actions.adding import add_to_case
from wellheard.resolve.complaints.actions.letters import note_letter_failed
from wellheard.resolve.complaints.actions.mail import (
    case_of_mail,
    inbound_key,
    mail_of_comment,
    may_answer_mail,
    take_files,
)
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.sweeping import tell_owner
from wellheard.resolve.complaints.actions.taking_up import take_up_concern, take_up_concerns
from wellheard.resolve.complaints.models import Case
from wellheard.understand.concerns.models import Concern
from wellheard.understand.predictions.actions import note_fate


def when_concern_found(happening: Happening) -> None:
    """Open the case (or raise the one there is), acknowledge it, call somebody for danger."""
    concern = Concern.objects.select_related("comment").get(pk=happening.number("concern_id"))
    by = Actor.system(happening.organisation_id, "concerns")
    take_up_concern(concern, by=by, at=happening.at)


def when_concerns_found(happening: Happening) -> None:
    """The same for some concerns of one import."""
    take_up_concerns(
        happening.organisation_id,
        first_id=happening.number("first_id"),
        last_id=happening.number("last_id"),
        at=happening.at,
    )


def when_comment_received(happening: Happening) -> None:
    """Somebody who asks for an answer gets one: open an inquiry, which a concern may raise."""
    comment = read_comment(happening.number("comment_id"))
    if not comment.wants_reply:
        return
    by = Actor.system(happening.organisation_id, "inquiries")
    new = NewCase(kind="inquiry")
    case, is_new = open_case(comment_id=comment.pk, new=new, by=by, at=happening.at)
    mail = mail_of_comment(comment)
    if mail is not None:
        take_files(mail, case_id=case.pk, by=by, at=happening.at)
    if is_new and may_answer_mail(case, mail, happening.at):
        acknowledge_case(case_id=case.pk, by=by, at=happening.at)


def when_case_settled(happening: Happening) -> None:
    """What a concern came to is known once its case is over: then predictions learn from it."""
    case = Case.objects.filter(pk=happening.number("case_id")).first()
    if case is None or case.closed_at is None:
        return
    by = Actor.system(happening.organisation_id, "complaints")
    note_fate(
        comment_id=case.comment_id,
        became_grievance=case.klass == "grievance",
        by=by,
        at=happening.at,
    )


def when_message_failed(happening: Happening) -> None:
    """A message about a case did not arrive: what it told counts as not told; the owner knows."""
    message = Message.objects.get(pk=happening.number("message_id"))
    if message.about_kind != "case":
        return
    by = Actor.system(happening.organisation_id, "outbox")
    note_acknowledgement_failed(
        message_id=message.pk,
        organisation_id=happening.organisation_id,
        by=by,
        at=happening.at,
    )
    note_letter_failed(
        message_id=message.pk,
        organisation_id=happening.organisation_id,
        by=by,
        at=happening.at,
    )
    tell_owner(
        case_id=int(message.about_id), rule=f"message_failed {message.pk}", by=by, at=happening.at
    )


def when_reply_received(happening: Happening) -> None:
    """An answer joins the case it answers; words that answer nothing become an inquiry."""
    inbound = InboundMessage.objects.select_related("patient", "organisation").get(
        pk=happening.number("inbound_id")
    )
    by = Actor.patient(happening.organisation_id, inbound.kind)
    mail = mail_of_inbound(inbound.pk)
    case_id = case_of_mail(mail) if mail else _answered_case(happening, inbound.patient_id)
    key = inbound_key(inbound.pk)
    if case_id is not None:
        add_to_case(
            case_id=case_id, text=inbound.body, source=inbound.kind, key=key, by=by, at=happening.at
        )
        if mail is not None:
            take_files(mail, case_id=case_id, by=by, at=happening.at)
        return
    receive_comment(
        NewComment(
            organisation=inbound.organisation,
            source=inbound.kind,
            text=inbound.body,
            received_at=inbound.received_at,
            language=_language(inbound, mail),
            patient=inbound.patient,
            wants_reply=True,
            submission_key=key,
        ),
        by=by,
        at=happening.at,
    )


def _language(inbound: InboundMessage, mail: IncomingMail | None) -> str:
    """The language of the mail, else of the patient."""
    spoken = inbound.patient.language if inbound.patient else ""
    return (mail.language if mail else "") or spoken


def _answered_case(happening: Happening, patient_id: int | None) -> int | None:
    """The case of the message that was answered, else the only open case of the patient."""
    if "message_id" in happening.ids:
        message = Message.objects.get(pk=happening.number("message_id"))
        if message.about_kind == "case":
            return int(message.about_id)
    if patient_id is None:
        return None
    mine = Case.objects.of(happening.organisation_id).open().filter(patient_id=patient_id)
    ids = list(mine.values_list("pk", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None
