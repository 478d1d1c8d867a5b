"""The messages about a case, put together paragraph by paragraph in the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation

from wellheard.measures.clocks import zone_named
from wellheard.people.patients.queries import name_to_greet
from wellheard.people.preferences.queries import preference_of
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.rulebook import (
    Policy,
    pack_of,
    policy_in_force,
)
from wellheard.resolve.complaints.rulebook import sharing
from wellheard.resolve.complaints.wording import has_wording, places_in, say, spoken, text_of

ACKNOWLEDGEMENT, LETTER_NOTICE, CLOSED_NOTICE = "case.received", "case.letter", "case.closed"

# What staff wrote up from speech: the person gets a copy, to say whether it is right.
SPOKEN = frozenset({"phone", "in_person"})


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready for the outbox."""

    language: str
    subject: str
    body: str
    short: str


def acknowledgement(case: Case, *, danger: bool) -> Composed:
    """What we say when something has arrived: that it did, what follows, and what rights hold."""
    language, policy = spoken(case.language), policy_of(case)
    values = values_for(case, policy, language)
    body = [
        greeting(case, language),
        _if_filled("ack_opening", language, values),
        _if_filled("ack_danger", language, values) if danger else "",
        _if_filled("ack_copy", language, values) if case.channel in SPOKEN else "",
        _if_filled("ack_view", language, values),
        heading("next_heading", language),
        what_happens_next(case, language, values),
        heading("follow_heading", language),
        _if_filled("follow", language, values),
        heading("rights_heading", language),
        *rights(case, language, values),
        _if_filled("sign_off", language, values),
    ]
    return _composed(case, language, "ack", body, values)


def letter_notice(case: Case) -> Composed:
    """That a letter is there to be read; nothing of what it says."""
    return _notice(case, "letter", {})


def closed_notice(case: Case, until: date) -> Composed:
    """That we have finished, how to say "not resolved", and the three questions."""
    return _notice(case, "closed", {"until": written_date(until, spoken(case.language))})


def _notice(case: Case, code: str, more: dict[str, str]) -> Composed:
    language, policy = spoken(case.language), policy_of(case)
    values = values_for(case, policy, language) | more
    body = [
        greeting(case, language),
        say(f"{code}_notice", language, **values),
        _if_filled("rights_contact", language, values),
        _if_filled("sign_off", language, values),
    ]
    return _composed(case, language, code, body, values)


def _composed(
    case: Case, language: str, code: str, body: list[str], values: dict[str, str]
) -> Composed:
    return Composed(
        language=language,
        subject=say(f"{code}_subject", language, **values),
        body="\n\n".join(part for part in body if part),
        short=say(f"{code}_short", language, **values),
    )


def rights(case: Case, language: str, values: dict[str, str]) -> list[str]:
    """The person's rights under the case's rule pack; what the policy does not say is left out."""
    pack = pack_of(case).code
    codes = ["rights_care", "rights_contact", f"rights_{pack}", "rights_language"]
    codes.insert(3, "rights_quality" if pack == "us-hospital" else "rights_advocacy")
    said = [_if_filled(code, language, values) for code in codes if has_wording(code)]
    return [line for line in said if line]


def what_happens_next(case: Case, language: str, values: dict[str, str]) -> str:
    """What follows and by when, by pack and class."""
    pack = pack_of(case).code
    code = f"next_{pack}_{case.klass}"
    return _if_filled(code if has_wording(code) else f"next_{pack}_other", language, values)


def heading(code: str, language: str) -> str:
    """A heading on a line of its own."""
    return say(code, language).upper() if language != "ar" else say(code, language)


def greeting(case: Case, language: str, tone: str = "") -> str:
    """By the preferred name; plain when no name is known, never a stand-in word (E04)."""
    name = name_of(case)
    if not name:
        return say("greeting_plain", language)
    toned = f"greeting_named_{tone}"
    return say(toned if has_wording(toned) else "greeting_named", language, name=name)


def tone_of(case: Case) -> str:
    """How formally the person wants to be written to; "" as usual."""
    if case.patient_id is None or not goes_to_patient(case):
        return ""
    return preference_of(case.patient_id).tone


def goes_to_patient(case: Case) -> bool:
    """Whether it is the patient who gets the letters: then their wishes hold, not for others."""
    return case.patient_id is not None and case.complainant not in sharing().about_another


def closing_line(language: str, tone: str) -> str:
    """The last line before the name of the organisation, in the tone; "" as usual."""
    code = f"letter_close_{tone}"
    return say(code, language) if has_wording(code) else ""


def name_of(case: Case) -> str:
    """Whom we write to: who complained, else the patient; "" when unknown."""
    if case.complainant_name.strip():
        return case.complainant_name.strip()
    return name_to_greet(case.patient) if case.patient else ""


def policy_of(case: Case) -> Policy:
    """The organisation's policy as the case's pack completes it."""
    return policy_in_force(case.organisation, pack_of(case))


def values_for(case: Case, policy: Policy, language: str) -> dict[str, str]:
    """Everything a wording about this case may name."""
    return {
        "reference": case.reference,
        "said_on": written_date(
            case.received_at.astimezone(zone_named(case.zone)).date(), language
        ),
        "organisation": case.organisation.name,
        "link": follow_address(case, language),
        "due": promised_day(case, language),
        "contact_name": policy.contact_name,
        "contact_phone": policy.contact_phone,
        "agency_name": policy.agency_name,
        "agency_phone": policy.agency_phone,
        "agency_address": policy.agency_address,
        "quality_name": policy.quality_name,
        "quality_phone": policy.quality_phone,
        "advocacy_name": policy.advocacy_name,
        "advocacy_phone": policy.advocacy_phone,
        "emergency": policy.emergency,
    }


def follow_address(case: Case, language: str) -> str:
    """The secret address of the page on which the person follows the case."""
    with translation.override(language):
        return f"{settings.ADDRESS}{reverse('follow:case', args=[case.secret])}"


def promised_day(case: Case, language: str) -> str:
    """The last day on which our written answer, or our answer, is in time, in words."""
    codes = ("promised", "agreed", "decision", "answer", "first_reply")
    running = {clock.code: clock for clock in case.clocks.running()}
    clock = next((running[code] for code in codes if code in running), None)
    return written_date(last_day(clock.due_at, case.zone), language) if clock else ""


def last_day(due_at: datetime, zone: str) -> date:
    """The last local day that lies wholly or partly before `due_at`, the first late moment."""
    local = due_at.astimezone(zone_named(zone))
    midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    return date.fromordinal(local.date().toordinal() - 1) if midnight else local.date()


def written_date(day: date, language: str) -> str:
    """A day written out in the person's language."""
    with translation.override(language):
        return formats.date_format(day, "j F Y" if language == "en" else "DATE_FORMAT")


def _if_filled(code: str, language: str, values: dict[str, str]) -> str:
    """The wording, or "" when the policy is silent on something it needs."""
    if all(values.get(place, "").strip() for place in places_in(text_of(code, language))):
        return say(code, language, **values)
    return ""
