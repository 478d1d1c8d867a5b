"""Two answers that have left, to people who want them in other formats."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.config.demonstration.people import Hospital

# By language: the parts of a decision letter; one line of the English one is still too hard.
_PARTS = {
    "en": {
        "heard": "You told us that nobody came for a long time. You felt alone.",
        "steps_taken": "We spoke with the team. We read the log of the call bells.",
        "results": "1. The bell rang for 31 minutes.\n2. We found that on the evening in question "
        "the ward had been one nurse short since the start of the shift.",
        "contact_person": "Samuel Price, 555 0100",
        "completed_on": "2 November 2026",
        "next": "Two more nurses work at night from now on. We count the minutes each week.",
        "signed_by": "Samuel Price",
    },
    "es": {
        "heard": "Nos contó que nadie vino durante mucho tiempo.",
        "steps_taken": "Hablamos con el equipo. Leímos el registro de los timbres.",
        "results": "El timbre sonó 31 minutos. Faltaba una persona.",
        "contact_person": "Samuel Price, 555 0100",
        "completed_on": "2 de noviembre de 2026",
        "next": "Ahora hay dos personas más por la noche.",
        "signed_by": "Samuel Price",
    },
}
_WISHES = {"en": ("large", "easy", "audio", "signed"), "es": ("large", "audio")}


def answer(hospital: Hospital, now: datetime) -> None:
    """One letter in English, one in Spanish, where somebody's case is open."""
    from wellheard.base.audit.actor import Actor
    from wellheard.config.demonstration.roles import staff_of
    from wellheard.people.staff.models import User
    from wellheard.resolve.complaints.models import Case

    officer = User.objects.get(email=staff_of("grievance_officer")[0]["email"])
    by = Actor("staff", str(officer.pk), officer.organisation_id, officer.name)
    mine = Case.objects.of(hospital.organisation.pk).open().filter(kind="complaint")
    # Danger is left to whoever tries the demonstration: its clocks are what they came to see.
    calm = mine.exclude(tier="immediate")
    cases = calm.filter(patient__isnull=False, confidential=False, letters__isnull=True)
    for language, parts in _PARTS.items():
        case = cases.filter(language=language).order_by("-pk").first()
        if case is not None:
            _answer(case.pk, language, parts, by, now - timedelta(hours=20))


def _answer(case_id: int, language: str, parts: dict[str, str], by: object, at: datetime) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.preferences.actions import Wishes, state_wishes
    from wellheard.resolve.complaints.actions import letters, working
    from wellheard.resolve.complaints.models import Case
    from wellheard.resolve.formats.actions import ask_interpreter, want_formats

    assert isinstance(by, Actor)
    case = Case.objects.select_related("patient", "organisation").get(pk=case_id)
    assert case.patient is not None
    wishes = Wishes(formats=_WISHES[language], tone="warm")
    state_wishes(patient=case.patient, wishes=wishes, by=by, at=at)
    working.record_perspective(case_id=case_id, words=parts["heard"], by=by, at=at)
    letter = letters.write_letter(
        case_id=case_id, kind="decision", parts=parts, language=language, by=by, at=at
    )
    row = letters.release_letter(letter_id=letter.pk, way="page", by=by, at=at)
    letters.send_letter(
        dispatch_id=row.pk, organisation_id=by.organisation_id, at=at + timedelta(seconds=11)
    )
    row.refresh_from_db()
    want_formats(row, by=by, at=at)
    if "signed" in _WISHES[language]:
        ask_interpreter(row, sign_language="ase", interpreter="Noa Levi",
                        due_on=(at + timedelta(days=3)).date(), by=by, at=at)  # fmt: skip
