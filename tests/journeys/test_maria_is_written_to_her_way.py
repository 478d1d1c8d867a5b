"""Maria opens the link in a message and says how she wants to be written to."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.reading import assert_readable
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.queries import contact_for
from wellheard.people.preferences.actions import link_for
from wellheard.people.preferences.queries import preference_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.capability("E01")]
TOPICS = ("name", "language", "purposes", "channel", "hours", "frequency", "safe-contact", "stop")


@pytest.fixture
def maria(organisation, actor, at):
    return recognise_patient(
        organisation=organisation,
        name="Maria Gómez",
        email="maria@example.org",
        phone="312 555 0123",
        language="es",
        by=actor,
        at=at,
    )


@pytest.mark.any_database
@pytest.mark.parametrize(("language", "dark"), [("en", False), ("es", True), ("ar", False)])
def test_every_page_can_be_read_by_everybody(open_page, maria, language, dark):
    page = open_page(width=320, dark=dark, language=language)
    secret = link_for(patient=maria).split("/")[3]
    for topic in ("", *(f"{topic}/" for topic in TOPICS)):
        page.goto(f"/{language}/preferences/{secret}/{topic}")
        assert_readable(page)


def test_maria_stays_safe_without_javascript(open_page, maria):
    page = open_page(width=320, language="es", scripts=False)
    page.goto(link_for(patient=maria))
    page.get_by_role("link", name="Cambiar Contacto seguro").click()
    page.get_by_label("Solo este otro correo o número").check()
    page.get_by_label("Otro correo o número de móvil").fill("no es un correo")
    page.get_by_role("button", name="Guardar").click()
    # Waits for the answer: a title read while the page is on its way is empty.
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Otro correo o número de móvil").fill("segura@example.org")
    page.get_by_role("button", name="Guardar").click()
    assert "Guardado" in page.locator("main").inner_text()
    found = contact_for(maria.pk, "sms")
    assert found is not None
    assert found.value == "segura@example.org"
    page.get_by_role("link", name="Detener todos los mensajes").click()
    page.get_by_role("button", name="Sí, detener todos los mensajes").click()
    assert contact_for(maria.pk) is None
    assert preference_of(maria.pk).confidential_contact is None
