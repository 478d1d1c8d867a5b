from datetime import datetime, time, timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.people.consent.actions import give_consent
from wellheard.people.consent.queries import consents_of, has_consent
from wellheard.people.patients.actions import recognise_patient, record_death
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.patients.queries import contact_for
from wellheard.people.preferences.actions import (
    Wishes,
    link_for,
    renew_link,
    state_wishes,
    stop_everything,
)
from wellheard.people.preferences.models import StatedPreference
from wellheard.people.preferences.queries import preference_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(organisation: Any, actor: Any, at: datetime) -> Any:
    return recognise_patient(
        organisation=organisation,
        name="Maria Gómez",
        email="maria@example.org",
        phone="312 555 0123",
        language="en",
        by=actor,
        at=at,
    )


@pytest.fixture
def link(maria: Any) -> str:
    return link_for(patient=maria)


def change(client: Any, link: str, topic: str, **answers: Any) -> Any:
    return client.post(f"{link}{topic}/", answers)


def test_preference_of_a_silent_patient_is_the_usual_way(maria: Any) -> None:
    wanted = preference_of(maria.pk)
    assert (wanted.channel, wanted.weekly_cap, wanted.confidential_contact) == ("", 3, None)
    assert (wanted.quiet_from, wanted.quiet_until) == (time(21), time(8))
    assert wanted.zone == "America/Chicago"
    assert wanted.zones == ("America/New_York", "America/Los_Angeles")
    assert wanted.name == "Maria Gómez"


@pytest.mark.capability("E01")
def test_every_wish_counts_at_once(client: Any, maria: Any, link: str) -> None:
    change(client, link, "name", preferred_name="Mari", pronouns="she")
    change(client, link, "channel", channel="email")
    change(client, link, "hours", window="morning", zone="America/Denver")
    change(client, link, "frequency", weekly_cap="1")
    answer = change(client, link, "language", language="ar")
    assert answer.headers["Location"] == f"/ar{link.removeprefix('/en')}?saved"
    wanted = preference_of(maria.pk)
    assert (wanted.name, wanted.channel, wanted.weekly_cap) == ("Mari", "email", 1)
    assert (wanted.quiet_from, wanted.quiet_until) == (time(12), time(8))
    assert (wanted.zone, wanted.zones) == ("America/Denver", ("America/Denver",))
    assert wanted.language == "ar"
    assert link_for(patient=Patient.objects.get()).startswith("/ar/preferences/")


@pytest.mark.capability("E01")
def test_own_hours_may_span_midnight(client: Any, maria: Any, link: str) -> None:
    change(client, link, "hours", window="own", speak_from="22:00", speak_until="02:00", zone="")
    wanted = preference_of(maria.pk)
    assert (wanted.quiet_from, wanted.quiet_until) == (time(2), time(22))
    shown = client.get(f"{link}hours/").content.decode()
    assert 'value="own" checked' in shown
    change(client, link, "hours", window="usual", zone="")
    assert preference_of(maria.pk).quiet_from == time(21)


@pytest.mark.parametrize(
    "answers",
    [{"speak_from": "", "speak_until": ""}, {"speak_from": "09:00", "speak_until": "09:00"}],
)
def test_own_hours_that_make_no_sense_are_refused(
    client: Any, link: str, answers: dict[str, str]
) -> None:
    page = change(client, link, "hours", window="own", zone="", **answers)
    assert page.status_code == 200
    text = page.content.decode()
    assert "There is a problem" in text
    assert "<title>Error: " in text
    assert StatedPreference.objects.filter(quiet_from__isnull=False).count() == 0


@pytest.mark.capability("N03")
def test_safe_contact_is_used_alone_and_shown_masked(client: Any, maria: Any, link: str) -> None:
    change(client, link, "safe-contact", contact="other", other="safe@example.org")
    found = contact_for(maria.pk, "sms")
    assert found is not None
    assert found.value == "safe@example.org"
    wanted = preference_of(maria.pk)
    assert wanted.confidential_contact is not None
    assert wanted.confidential_contact.contact_id == found.pk
    page = client.get(link).content.decode()
    assert "s•••@e•••.org" in page
    for address in ("safe@example.org", "maria@example.org", "5550123"):
        assert address not in page
    change(client, link, "safe-contact", contact="none", other="")
    assert preference_of(maria.pk).confidential_contact is None


def test_safe_contact_that_is_none_is_refused(client: Any, link: str) -> None:
    page = change(client, link, "safe-contact", contact="other", other="not an address")
    assert page.status_code == 200
    assert ContactPoint.objects.count() == 2


def test_safe_contact_of_another_patient_cannot_be_named(
    client: Any, link: str, organisation: Any, actor: Any, at: datetime
) -> None:
    other = recognise_patient(
        organisation=organisation, name="Pedro", email="pedro@example.org", by=actor, at=at
    )
    assert other is not None
    page = change(client, link, "safe-contact", contact=str(other.contacts.get().pk), other="")
    assert page.status_code == 200
    assert not ContactPoint.objects.filter(confidential=True).exists()


@pytest.mark.capability("E01")
def test_purposes_are_entered_in_the_ledger_with_their_words(
    client: Any, maria: Any, link: str
) -> None:
    change(client, link, "purposes", purposes=["reply", "survey"])
    far = datetime.fromisoformat("2100-01-01T00:00:00+00:00")
    assert consents_of(maria.pk, far) == {
        ("sms", "reply"),
        ("email", "reply"),
        ("sms", "survey"),
        ("email", "survey"),
    }
    entry = maria.consents.filter(purpose="reply").first()
    assert "Answers to what I told you" in entry.wording
    assert (entry.by_kind, entry.by_ref, entry.source) == (
        "patient",
        maria.reference,
        "preferences",
    )
    change(client, link, "purposes", purposes=["reply"])
    assert consents_of(maria.pk, far) == {("sms", "reply"), ("email", "reply")}
    assert maria.consents.count() == 6


@pytest.mark.capability("E01")
def test_stop_asks_once_and_then_stops_everything(
    client: Any, maria: Any, link: str, actor: Any, at: datetime
) -> None:
    give_consent(
        patient=maria, channel="sms", purpose="reply", wording="?", source="card", by=actor, at=at
    )  # fmt: skip
    assert client.get(f"{link}stop/").status_code == 200
    assert has_consent(maria.pk, "sms", "reply", at + timedelta(days=9999))
    client.post(f"{link}stop/")
    assert contact_for(maria.pk) is None
    assert not has_consent(maria.pk, "sms", "reply", at + timedelta(days=9999))
    assert "You get no messages from us" in client.get(link).content.decode()
    answer = client.post(f"{link}start/")
    assert answer.headers["Location"] == f"{link}purposes/"
    assert contact_for(maria.pk) is not None
    assert not has_consent(maria.pk, "sms", "reply", at + timedelta(days=9999))


@pytest.mark.capability("E01")
def test_one_click_of_a_mail_program_stops_without_a_csrf_token(maria: Any, link: str) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{link}stop/").status_code == 403
    assert strict.get(f"{link}one-click/").status_code == 405
    answer = strict.post(f"{link}one-click/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert contact_for(maria.pk) is None


@pytest.mark.capability("N05")
def test_link_that_is_wrong_or_renewed_opens_nothing(
    client: Any, maria: Any, link: str, actor: Any, at: datetime
) -> None:
    assert client.get(f"{link[:-3]}xx/").status_code == 404
    assert client.get(link).status_code == 200
    fresh = renew_link(patient=maria, by=actor, at=at)
    assert client.get(link).status_code == 404
    assert client.post(f"{link}stop/").status_code == 404
    assert client.get(fresh).status_code == 200
    assert contact_for(maria.pk) is not None


@pytest.mark.capability("N05")
def test_link_secret_is_not_in_the_database_or_the_trail(client: Any, link: str) -> None:
    client.get(link)
    secret = link.split("/")[3]
    assert len(secret) >= 22
    kept = str(list(StatedPreference.objects.values())) + str(list(AuditRow.objects.values()))
    assert secret not in kept


def test_page_of_an_unknown_question_is_not_found(client: Any, link: str) -> None:
    assert client.get(f"{link}password/").status_code == 404


def test_cap_above_the_most_is_refused(maria: Any, actor: Any, at: datetime) -> None:
    with pytest.raises(ValueError, match="at most 7"):
        state_wishes(patient=maria, wishes=Wishes(weekly_cap=8), by=actor, at=at)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize(
    "topic",
    [
        "",
        "name/",
        "language/",
        "channel/",
        "hours/",
        "frequency/",
        "safe-contact/",
        "purposes/",
        "stop/",
    ],
)
def test_page_is_shown_in_every_language(client: Any, link: str, language: str, topic: str) -> None:
    page = client.get(f"/{language}{link.removeprefix('/en')}{topic}")
    text = page.content.decode()
    assert page.status_code == 200
    assert f'lang="{language}"' in text
    assert text.count("<h1") == 1
    assert "style=" not in text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.capability("E04")
def test_page_of_a_nameless_patient_says_so_kindly(
    client: Any, organisation: Any, actor: Any, at: datetime
) -> None:
    nameless = recognise_patient(
        organisation=organisation, name="NULL", email="x@example.org", language="en", by=actor, at=at
    )  # fmt: skip
    assert nameless is not None
    page = client.get(link_for(patient=nameless)).content.decode()
    assert "NULL" not in page
    assert "None" not in page
    assert "Not given." in page


def test_preference_knows_of_a_death(maria: Any, actor: Any, at: datetime) -> None:
    record_death(patient=maria, died_on=at.date(), by=actor, at=at)
    assert preference_of(maria.pk).deceased


def test_stop_everything_twice_writes_nothing_new_in_the_ledger(
    maria: Any, actor: Any, at: datetime
) -> None:
    stop_everything(patient=maria, by=actor, at=at)
    before = maria.consents.count()
    stop_everything(patient=maria, by=actor, at=at)
    assert maria.consents.count() == before


def test_patient_page_shows_the_wishes_and_the_link_to_those_who_may_hand_it_on(
    maria: Any, link: str, signed_in: Any, staff: Any, place: Any, actor: Any, at: datetime
) -> None:
    from wellheard.people.patients.actions import note_place

    note_place(patient=maria, place=place, by=actor, at=at)
    address = f"/staff/patients/{maria.pk}/"
    page = signed_in(staff("px_specialist")).get(address).content.decode()
    assert "How they want to be spoken to" in page
    assert link in page
    page = signed_in(staff("nurse_manager", places=[place])).get(address).content.decode()
    assert link not in page
