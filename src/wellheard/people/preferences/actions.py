"""Changes patients make to how they are spoken to. Each counts from the next message on."""

from dataclasses import dataclass
from datetime import datetime, time

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.consent.actions import reopen_contact, stop_contact, withdraw_all
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.models import StatedPreference
from wellheard.people.preferences.queries import link_secret, secret_digest
from wellheard.people.preferences.vocabulary import defaults

_SOURCE = "preferences"


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to be spoken to; None and "" mean the organisation's usual way."""

    channel: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    weekly_cap: int | None = None
    formats: tuple[str, ...] = ()
    tone: str = ""


def stated_preference(*, patient: Patient) -> StatedPreference:
    """The patient's row, made empty when there is none yet (it only holds the link's digest)."""
    secret = link_secret(patient.pk, 1)
    row, _ = StatedPreference.objects.get_or_create(
        patient=patient, defaults={"link_digest": secret_digest(secret)}
    )
    return row


def link_for(*, patient: Patient) -> str:
    """The path of the patient's preference page in their language, secret included."""
    row = stated_preference(patient=patient)
    return f"/{patient.language}/preferences/{link_secret(patient.pk, row.link_turn)}/"


def renew_link(*, patient: Patient, by: Actor, at: datetime) -> str:
    """Makes every earlier link dead and gives the new one."""
    with acting(by, at=at) as trail:
        row = stated_preference(patient=patient)
        row.link_turn += 1
        row.link_digest = secret_digest(link_secret(patient.pk, row.link_turn))
        row.save(update_fields=["link_turn", "link_digest"])
        trail.write("preferences.link_renewed", patient)
    return link_for(patient=patient)


def state_wishes(*, patient: Patient, wishes: Wishes, by: Actor, at: datetime) -> None:
    """Keeps what the patient wants. Raises ValueError for a cap above the jurisdiction's most."""
    most = defaults(patient.organisation.jurisdiction).most_weekly
    if wishes.weekly_cap is not None and wishes.weekly_cap > most:
        raise ValueError(f"at most {most} messages a week can be chosen")
    with acting(by, at=at) as trail:
        row = stated_preference(patient=patient)
        row.channel, row.weekly_cap = wishes.channel, wishes.weekly_cap
        row.quiet_from, row.quiet_until = wishes.quiet_from, wishes.quiet_until
        row.formats, row.tone = list(wishes.formats), wishes.tone
        row.changed_at = at
        row.save()
        trail.write("preferences.stated", patient)
        trail.publish("people.preferences_changed", patient_id=patient.pk)


def stop_everything(*, patient: Patient, by: Actor, at: datetime) -> None:
    """From now on nothing is sent: every contact stops and every agreement is withdrawn."""
    with acting(by, at=at) as trail:
        for contact in patient.contacts.filter(stopped_at__isnull=True):
            stop_contact(contact=contact, source=_SOURCE, by=by, at=at)
        withdraw_all(patient=patient, source=_SOURCE, by=by, at=at)
        trail.write("contact.all_stopped", patient)
        trail.publish("people.preferences_changed", patient_id=patient.pk)


def start_again(*, patient: Patient, by: Actor, at: datetime) -> None:
    """The contacts may be used again. What was agreed before is not agreed anew."""
    with acting(by, at=at) as trail:
        for contact in patient.contacts.filter(stopped_at__isnull=False):
            reopen_contact(contact=contact, by=by, at=at)
        trail.write("contact.all_reopened", patient)
        trail.publish("people.preferences_changed", patient_id=patient.pk)
