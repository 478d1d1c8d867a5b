"""A complaint written by the person: kept page by page, sent once, acknowledged at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import (
    CannotUnseal,
    digest,
    key_from_token,
    new_token,
    seal,
    unseal,
)
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.people.patients.actions import change_patient, recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation, Place
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.capturing import agree_to_reply
from wellheard.resolve.complaints.actions.files import add_file, opened_bytes, sealed_bytes
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.working import record_perspective
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.rules.files import MOST_FILES, CheckedFile
from wellheard.resolve.follow.models import ComplaintDraft, ComplaintDraftFile
from wellheard.resolve.follow.rules.answers import Answers, read_answers

# NHS: a form with a limit keeps what was written for at least twenty hours.
KEPT_FOR = timedelta(hours=24)
_PURPOSE = "complaint-draft"


class TooManyFilesError(ValueError):
    """A complaint takes no more files."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A complaint that is being written: its row, its key, its answers."""

    draft: ComplaintDraft
    token: str
    answers: Answers


def begin_complaint(organisation: Organisation, answers: Answers, *, at: datetime) -> Writing:
    """Begin a complaint; the token in its address is the only key to it."""
    token = new_token()
    draft = ComplaintDraft.objects.create(
        key=digest(token, _PURPOSE),
        organisation=organisation,
        sealed=_sealed(token, answers),
        expires_at=at + KEPT_FOR,
    )
    return Writing(draft, token, answers)


def open_complaint(token: str, *, at: datetime) -> Writing | None:
    """The complaint behind an address; None when it is over or never was."""
    draft = (
        ComplaintDraft.objects.select_related("organisation", "case")
        .filter(key=digest(token, _PURPOSE), expires_at__gt=at)
        .first()
    )
    if draft is None:
        return None
    try:
        opened = unseal(draft.sealed, _PURPOSE, key=key_from_token(token, _PURPOSE))
    except CannotUnseal:
        opened = ""
    return Writing(draft, token, read_answers(opened))


def keep_answers(writing: Writing, answers: Answers, *, at: datetime) -> None:
    """Keep the answers of a page, and the draft for another day."""
    ComplaintDraft.objects.filter(pk=writing.draft.pk, case__isnull=True).update(
        sealed=_sealed(writing.token, answers), expires_at=at + KEPT_FOR
    )


def _sealed(token: str, answers: Answers) -> str:
    return seal(answers.to_json(), _PURPOSE, key=key_from_token(token, _PURPOSE))


def keep_file(writing: Writing, name: str, checked: CheckedFile) -> ComplaintDraftFile:
    """Keep a checked file with the draft. Raises TooManyFilesError."""
    if writing.draft.files.count() >= MOST_FILES:
        raise TooManyFilesError
    return ComplaintDraftFile.objects.create(
        draft=writing.draft,
        name=name[:200],
        content_type=checked.content_type,
        size=len(checked.content),
        sealed=sealed_bytes(checked.content),
    )


def drop_file(writing: Writing, file_id: int) -> None:
    """Take a file out of the draft."""
    writing.draft.files.filter(pk=file_id).delete()


def send_complaint(writing: Writing, *, at: datetime) -> Case:
    """Make the case. Sending twice gives the same one.

    Raises TooLongError, ContactNotUnderstoodError, NoOwnerError.
    """
    organisation, answers = writing.draft.organisation, writing.answers
    by = Actor.patient(organisation.pk, "complaint-form")
    with acting(by, at=at):
        draft = ComplaintDraft.objects.select_for_update().get(pk=writing.draft.pk)
        if draft.case is not None:
            return draft.case
        case = _case(writing, organisation, answers, by, at)
        for file in draft.files.all():
            checked = CheckedFile(file.content_type, opened_bytes(bytes(file.sealed)))
            add_file(case_id=case.pk, name=file.name, checked=checked, by=by, at=at)
        draft.files.all().delete()
        draft.case, draft.sealed = case, ""
        draft.save(update_fields=["case", "sealed"])
    return case


def _case(
    writing: Writing, organisation: Organisation, answers: Answers, by: Actor, at: datetime
) -> Case:
    place = _place(organisation, answers.place)
    patient = _writer(organisation, answers, place, by, at)
    comment = receive_comment(
        NewComment(
            organisation=organisation,
            source="complaint_form",
            text=answers.text,
            place=place,
            language=answers.language,
            patient=patient,
            wants_reply=True,
            submission_key=writing.draft.key,
        ),
        by=by,
        at=at,
    )
    facts = {
        "subjects": list(answers.subjects),
        "complainant": answers.complainant or "unknown",
        "anonymous": patient is None,
    }
    about = answers.about_name if answers.for_another else ""
    new = NewCase(facts=facts, complainant_name=answers.preferred_name, about_name=about)
    case, _ = open_case(comment_id=comment.pk, new=new, by=by, at=at)
    # What somebody wrote with their own hand is their view.
    record_perspective(
        case_id=case.pk, words=answers.text, wish=answers.wish, confirmed=True, by=by, at=at
    )
    acknowledge_case(case_id=case.pk, way="page", by=by, at=at)
    acknowledge_case(case_id=case.pk, by=by, at=at)
    return case


def _place(organisation: Organisation, chosen: str) -> Place | None:
    if not chosen.isdigit():
        return None
    open_places = Place.objects.of(organisation.pk).open().select_related("site")
    return open_places.filter(pk=int(chosen)).first()


def _writer(
    organisation: Organisation, answers: Answers, place: Place | None, by: Actor, at: datetime
) -> Patient | None:
    """Who writes to us: the contact is theirs, also when they speak for somebody else."""
    patient = recognise_patient(
        organisation=organisation,
        name=answers.name,
        email=answers.email if answers.way == "email" else "",
        phone=answers.phone if answers.way == "sms" else "",
        language=answers.language,
        place=place,
        by=by,
        at=at,
    )
    if patient is None:
        return None
    if answers.preferred_name and not patient.preferred_name:
        change_patient(patient=patient, by=by, at=at, preferred_name=answers.preferred_name)
    if answers.way in {"email", "sms"}:
        agree_to_reply(patient, "complaint form", by, at)
    return patient
