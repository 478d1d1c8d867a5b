"""What the room's tests share: a patient who may be written to, and a folder as post box."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.actions import queue_message
from wellheard.channels.outbox.models import Message
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import change_patient, recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation

PHONE = "+13125550123"
EMAIL = "rosa.diaz@example.org"


@pytest.fixture
def post_box(settings: Any, tmp_path: Path) -> Path:
    """Both channels write into this folder's ``sent``."""
    settings.HOME = tmp_path
    settings.CHANNEL_TRANSPORTS = {"sms": "folder", "email": "folder"}
    return tmp_path / "sent"


@pytest.fixture
def new_patient(organisation: Organisation, actor: Actor, at: datetime) -> Callable[..., Patient]:
    """``new_patient(phone=..., email=..., consents=[("sms", "reply")], zone=...)``."""

    def make(
        *,
        name: str = "Rosa Diaz",
        phone: str = PHONE,
        email: str = EMAIL,
        language: str = "en",
        zone: str = "America/Chicago",
        consents: list[tuple[str, str]] | None = None,
    ) -> Patient:
        patient = recognise_patient(
            organisation=organisation,
            name=name,
            phone=phone,
            email=email,
            language=language,
            by=actor,
            at=at,
        )
        assert patient is not None
        change_patient(patient=patient, by=actor, at=at, zone=zone)
        every = [(c, p) for c in ("sms", "email") for p in ("reply", "survey", "reminder")]
        for channel, purpose in every if consents is None else consents:
            give_consent(
                patient=patient,
                channel=channel,
                purpose=purpose,
                wording="test",
                source="test",
                by=actor,
                at=at,
            )
        return patient

    return make


@pytest.fixture
def patient(new_patient: Callable[..., Patient]) -> Patient:
    """Somebody in Chicago who agreed to everything."""
    return new_patient()


@pytest.fixture
def queue(actor: Actor, at: datetime) -> Callable[..., Message]:
    """``queue(patient, key="a", channel="sms", ...)`` queues a message with plain defaults."""

    def put(patient: Patient, *, key: str = "note", **fields: Any) -> Message:
        words = {
            "template": "note",
            "version": 1,
            "subject": "We read what you told us",
            "body": "We read what you told us and we are looking into it.",
            "purpose": "reply",
            "by": actor,
            "at": at,
        }
        return queue_message(patient_id=patient.pk, key=key, **(words | fields))

    return put
