"""Ana begins at the hospital: a link, a password, a passkey; her screen locks; she comes back."""

import pytest

from tests.journeys.reading import assert_readable
from wellheard.base.audit.models import AuditRow
from wellheard.people.staff.actions import make_one_time_link

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.capability("N05"),
    pytest.mark.any_database,
]
PASSWORD = "olive tractor sings blue"


def with_a_device(page):
    """A device that makes passkeys, as a telephone or a laptop does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def test_ana_begins_locks_and_comes_back(open_page, staff, actor, at, settings):
    from django.utils import timezone

    settings.SECOND_FACTOR_REQUIRED = True
    ana = staff("analyst")
    link = make_one_time_link(user=ana, by=actor, at=timezone.now())
    page = open_page(width=1280)
    with_a_device(page)

    page.goto(link)
    assert_readable(page)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    press(page, "Keep the password")
    page.wait_for_url("**/accounts/2fa/")
    assert "One more thing" in page.locator("main").inner_text()
    assert_readable(page)
    page.goto("/staff/people/account/")
    assert page.url.startswith(page.url.split("/accounts")[0] + "/accounts/2fa/")

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    assert_readable(page)
    press(page, "Make the passkey")
    page.wait_for_url("**/accounts/2fa/codes/")
    assert_readable(page)

    page.goto("/staff/people/account/")
    assert_readable(page)
    page.locator("summary.icon-button").click()
    press(page, "Lock the screen")
    page.wait_for_url("**/accounts/reauthenticate/**")
    assert_readable(page)
    page.get_by_role("link", name="Use a passkey").click()
    press(page, "Use a passkey")
    page.wait_for_url("/staff/people/account/")

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/staff/people/account/")
    assert_readable(page)
    press(page, "Use a passkey")
    page.wait_for_url("/staff/people/account/")
    signed_in = AuditRow.objects.filter(action="signed_in").values_list("details", flat=True)
    assert {"methods": ["webauthn"]} in list(signed_in)


def test_screen_nobody_touches_locks_itself(signed_page, staff, monkeypatch):
    from datetime import timedelta

    from wellheard.people.access import standing
    from wellheard.people.staff.rules import SessionLimits
    from wellheard.people.staff.vocabulary import LimitsInForce

    short = SessionLimits(timedelta(seconds=4), timedelta(hours=1))
    monkeypatch.setattr(standing, "session_limits", lambda: LimitsInForce({}, short))
    page = signed_page(staff("analyst"))
    page.goto("/staff/people/account/")
    page.wait_for_url("**/accounts/reauthenticate/**", timeout=20_000)
    page.goto("/staff/people/account/")
    assert "/accounts/reauthenticate/" in page.url


@pytest.mark.any_database
@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_pages_of_staff_and_audit_can_be_read(signed_page, staff, place, width, dark):
    page = signed_page(staff("administrator"), width=width, dark=dark)
    user = staff("nurse_manager", places=[place])
    for path in ("", "new/", f"{user.pk}/", "account/", "account/tokens/"):
        page.goto(f"/staff/people/{path}")
        assert_readable(page)
    page = signed_page(staff("auditor"), width=width, dark=dark)
    for path in ("", "refused/", "glass/"):
        page.goto(f"/staff/audit/{path}")
        assert_readable(page)
    press(page, "Check the chain") if width > 400 and page.goto("/staff/audit/") else None
    assert_readable(page)
