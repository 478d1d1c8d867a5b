"""Reads of preferences."""

import base64

from wellheard.base.vault.sealing import digest
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import name_to_greet, open_contacts
from wellheard.people.preferences.models import StatedPreference
from wellheard.people.preferences.rules import ConfidentialContact, Preference
from wellheard.people.preferences.vocabulary import Defaults, defaults

_LINK = "preference-link"
_LOOKUP = "preference-link-lookup"


def preference_of(patient_id: int) -> Preference:
    """What the patient wants, with the organisation's usual way where they said nothing.

    Raises Patient.DoesNotExist.
    """
    patient = Patient.objects.select_related("organisation", "stated_preference").get(pk=patient_id)
    stated: StatedPreference | None = getattr(patient, "stated_preference", None)
    return _preference(patient, stated, defaults(patient.organisation.jurisdiction))


def stated_by(patient_id: int) -> StatedPreference | None:
    """What the patient said themselves; None when they never said anything."""
    return StatedPreference.objects.filter(patient_id=patient_id).first()


def _preference(patient: Patient, stated: StatedPreference | None, usual: Defaults) -> Preference:
    quiet_from, quiet_until = usual.quiet_from, usual.quiet_until
    if stated and stated.quiet_from is not None and stated.quiet_until is not None:
        quiet_from, quiet_until = stated.quiet_from, stated.quiet_until
    cap = stated.weekly_cap if stated and stated.weekly_cap is not None else usual.weekly_cap
    return Preference(
        language=patient.language,
        channel=stated.channel if stated else "",
        name=name_to_greet(patient),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        zone=patient.zone or patient.organisation.zone,
        weekly_cap=cap,
        confidential_contact=_confidential(patient.pk),
        zones=(patient.zone,) if patient.zone else usual.strictest_zones,
        deceased=patient.deceased_on is not None,
        formats=tuple(stated.formats) if stated else (),
        tone=stated.tone if stated else "",
    )


def _confidential(patient_id: int) -> ConfidentialContact | None:
    point = next((p for p in open_contacts(patient_id) if p.confidential), None)
    return ConfidentialContact(point.pk, point.kind) if point else None


def link_secret(patient_id: int, turn: int) -> str:
    """The secret (128 bits, url-safe) of a patient's link in its `turn`-th making."""
    raw = bytes.fromhex(digest(f"{patient_id}:{turn}", _LINK))[:16]
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def secret_digest(secret: str) -> str:
    """What a link's secret is found by."""
    return digest(secret, _LOOKUP)


def patient_by_secret(secret: str) -> Patient | None:
    """Whose preferences a link opens; None for a link that is not, or no longer, true."""
    stated = StatedPreference.objects.select_related("patient__organisation").filter(
        link_digest=secret_digest(secret)
    )
    found = stated.first()
    return found.patient if found else None
