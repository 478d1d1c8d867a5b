"""Sending filled-in questionnaires in, and reading what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from ninja import Header, Router, Status
from ninja.errors import ValidationError

from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.keys import submission_key
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import ConflictError, Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import Code, InstrumentOut, Kept, Key, ResponseIn
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import (
    Instrument,
    Item,
    NoInstrumentError,
    instrument,
)
from wellheard.listen.surveys.rules import read_answers
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation, Place

router = Router(tags=["responses"])


@router.post(
    "/responses",
    response={201: Kept, 200: Kept, REFUSALS: Problem},
    operation_id="send_response",
)
def send_response(
    request: ApiRequest,
    given: ResponseIn,
    idempotency_key: Annotated[Key | None, Header(alias="Idempotency-Key")] = None,
) -> Any:
    """Keep a filled-in questionnaire; its comment is kept beside it."""
    person = need(request, "import.run")
    place = place_for(person, given.place, "import.run")
    asked = _instrument(person, given.instrument, given.version)
    answers = _answers(asked, given)
    key = submission_key(person, "response", idempotency_key)
    earlier = Response.objects.filter(submission_key=key).first() if key else None
    if earlier is not None:
        if earlier.answers != dict(answers):
            raise ConflictError("This Idempotency-Key came with other answers before.")
        return Status(200, {"reference": f"R-{earlier.pk}", "repeated": True})
    new = _new(person, given, asked, answers, place, key)
    kept = receive_response(new, by=person.actor, at=timezone.now())
    return Status(201, {"reference": f"R-{kept.pk}", "repeated": False})


@router.get(
    "/instruments/{code}",
    response={200: InstrumentOut, REFUSALS: Problem},
    operation_id="read_instrument",
)
def read_instrument(request: ApiRequest, code: Code) -> Any:
    """A questionnaire as it is asked now: the codes and scales that answers must keep to."""
    person = need(request, "survey.read")
    return _shown(_instrument(person, code, None))


def _instrument(person: Person, code: str, version: int | None) -> Instrument:
    try:
        return instrument(code, version, organisation_id=person.organisation_id)
    except NoInstrumentError:
        raise Http404 from None


def _answers(asked: Instrument, given: ResponseIn) -> Mapping[str, int | str]:
    known = {column for item in asked.items for column in item.columns}
    answers, wrong = read_answers(asked, dict(given.answers))
    wrong |= {code: "is not asked" for code in given.answers if code not in known}
    if not answers and not given.comment.strip():
        wrong["*"] = "nothing was answered and nothing was said"
    if wrong:
        raise ValidationError(
            [{"loc": ("body", "given", "answers", c), "msg": why} for c, why in wrong.items()]
        )
    return answers


def _new(
    person: Person,
    given: ResponseIn,
    asked: Instrument,
    answers: Mapping[str, int | str],
    place: Place | None,
    key: str | None,
) -> NewResponse:
    return NewResponse(
        organisation=Organisation.objects.get(pk=person.organisation_id),
        instrument=asked.code,
        version=asked.version,
        answers=answers,
        place=place,
        received_at=given.received_at,
        mode=given.mode,
        language=given.language,
        age_band=given.age_band,
        sex=given.sex,
        ethnicity=given.ethnicity,
        payer=given.payer,
        comment=given.comment,
        external_id=given.external_id,
        submission_key=key,
    )


def _shown(asked: Instrument) -> dict[str, Any]:
    return {
        "code": asked.code,
        "version": asked.version,
        "title": dict(asked.title),
        "items": [_item(item) for item in asked.items],
    }


def _item(item: Item) -> dict[str, Any]:
    values = sorted(item.scale.values) if item.scale else []
    return {
        "code": item.code,
        "kind": item.kind,
        "low": values[0] if values else None,
        "high": values[-1] if values else None,
        "text": dict(item.text),
    }
