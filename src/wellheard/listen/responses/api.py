"""Answers to an instrument from other systems, one response at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Header, Router, Schema, Status
from ninja.errors import HttpError

from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.rules.words import LONGEST
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.surveys.instruments import Instrument, NoInstrumentError, instrument
from wellheard.listen.surveys.rules import read_answers
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place

router = Router(tags=["responses"])
_Short = Annotated[str, Field(max_length=80)]
_Value = Annotated[int, Field(ge=-1_000, le=1_000)] | Annotated[str, Field(max_length=LONGEST)]


class ResponseIn(Schema):
    """A filled-in instrument. ``answers``: item code to value; leave out what was not answered."""

    place: Annotated[int, Field(ge=1, le=2**63 - 1)]
    instrument: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    version: Annotated[int, Field(ge=1, le=10_000)] | None = None
    answers: Annotated[dict[_Short, _Value], Field(max_length=200)]
    comment: Annotated[str, Field(max_length=LONGEST)] = ""
    received_at: datetime | None = None
    mode: Literal["web", "paper", "phone", "kiosk", "sms", "mail", "api"] = "api"
    language: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9\-]*$")] = ""
    age_band: Annotated[str, Field(max_length=16)] = ""
    sex: Annotated[str, Field(max_length=24)] = ""
    ethnicity: _Short = ""
    payer: Annotated[str, Field(max_length=40)] = ""
    response_id: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")] = ""


class ResponseOut(Schema):
    """The response as it is kept."""

    id: int
    instrument: str
    version: int
    answered: int


@router.post("", response={201: ResponseOut}, summary="Send a survey response")
def send_response(
    request: HttpRequest,
    given: ResponseIn,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> Status[dict[str, Any]]:
    """Sending it again with the same ``Idempotency-Key`` keeps it once."""
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may("import.run", place_id=given.place):
        raise PermissionDenied("import.run")
    place = _place(person, given.place)
    asked = _instrument(person, given)
    answers, wrong = read_answers(asked, given.answers)
    unknown = sorted(set(given.answers) - {item.code for item in asked.items})
    problems = [f"answers.{code}: {why}" for code, why in wrong.items()]
    problems += [f"answers.{code}: not an item of {asked.code}" for code in unknown[:5]]
    if problems:
        raise HttpError(422, "; ".join(problems))
    words = str(answers.pop("comment", ""))
    response = receive_response(
        NewResponse(
            organisation=place.organisation,
            instrument=asked.code,
            version=asked.version,
            answers=answers,
            place=place,
            received_at=_moment(given.received_at),
            mode=given.mode,
            language=given.language,
            age_band=given.age_band,
            sex=given.sex,
            ethnicity=given.ethnicity,
            payer=given.payer,
            comment=given.comment or words,
            external_id=given.response_id,
            submission_key=_key(person, idempotency_key),
        ),
        by=person.actor,
        at=timezone.now(),
    )
    kept = {
        "id": response.pk,
        "instrument": response.instrument,
        "version": response.version,
        "answered": len(response.answers),
    }
    return Status(201, kept)


def _place(person: Person, place_id: int) -> Place:
    place = (
        Place.objects.of(person.organisation_id)
        .select_related("site", "organisation")
        .filter(pk=place_id)
        .first()
    )
    if place is None:
        raise HttpError(422, "place: there is no such place")
    return place


def _instrument(person: Person, given: ResponseIn) -> Instrument:
    try:
        return instrument(given.instrument, given.version, organisation_id=person.organisation_id)
    except NoInstrumentError as error:
        raise HttpError(422, f"instrument: there is no {error}") from error


def _moment(given: datetime | None) -> datetime | None:
    if given is None:
        return None
    moment = given if given.tzinfo else given.replace(tzinfo=timezone.get_default_timezone())
    if moment > timezone.now():
        raise HttpError(422, "received_at: lies in the future")
    return moment


def _key(person: Person, idempotency_key: str) -> str | None:
    if not idempotency_key:
        return None
    return digest(f"{person.organisation_id}:{idempotency_key}", "api-response")
