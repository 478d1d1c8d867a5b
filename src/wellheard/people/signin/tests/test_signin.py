"""Signing in, out and again, as a browser does it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from wellheard.base.audit.models import AuditRow
from wellheard.people.signin.models import SignInTry
from wellheard.people.staff.models import SignedInSession

pytestmark = [pytest.mark.django_db, pytest.mark.capability("N05")]
PASSWORD = "olive tractor sings blue"


@pytest.fixture
def ana(staff: Any) -> Any:
    user = staff("px_specialist")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Any, user: Any, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": password, **extra})


def signed_in_now(client: Any) -> bool:
    return client.get("/staff/people/account/").status_code == 200


def current_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_password_signs_in_and_begins_a_new_session(client: Any, ana: Any) -> None:
    client.get("/accounts/login/")
    client.cookies["wellheard-session"] = "chosen-by-an-attacker"
    answer = sign_in(client, ana)
    assert answer.headers["Location"] == "/staff/"
    assert client.cookies["wellheard-session"].value != "chosen-by-an-attacker"
    assert signed_in_now(client)
    assert AuditRow.objects.filter(action="signed_in", object_id=str(ana.pk)).count() == 1


@pytest.mark.parametrize("password", ["wrong password here", "", PASSWORD.upper(), f" {PASSWORD}"])
def test_wrong_password_does_not(client: Any, ana: Any, password: str) -> None:
    page = sign_in(client, ana, password)
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert not signed_in_now(client)


def test_unknown_and_closed_accounts_answer_like_a_wrong_password(client: Any, ana: Any) -> None:
    wrong = sign_in(client, ana, "wrong password here").content
    type(ana).objects.update(is_active=False)
    closed = sign_in(client, ana).content
    ana.email = "nobody@example.org"
    unknown = sign_in(client, ana).content

    def words(page: bytes) -> list[str]:
        text = page.decode()
        start = text.index("There is a problem")
        return [text[start : text.index("</ul>", start)]]

    assert words(wrong) == words(closed) == words(unknown)


def test_sixth_try_is_refused_even_with_the_right_password(client: Any, ana: Any) -> None:
    for _ in range(5):
        sign_in(client, ana, "wrong password here")
    page = sign_in(client, ana)
    assert "too many tries" in page.content.decode()
    assert not signed_in_now(client)
    assert AuditRow.objects.filter(action="sign_in_failed").count() == 5


def test_forged_forwarding_header_does_not_reset_the_count(client: Any, ana: Any) -> None:
    for n in range(5):
        client.post(
            "/accounts/login/",
            {"login": ana.email, "password": "wrong password here"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{n}",
        )
    assert "too many tries" in sign_in(client, ana).content.decode()


def test_owner_on_a_known_device_gets_in_while_strangers_guess(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    client.post("/accounts/logout/")
    for n in range(25):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{n}")
        sign_in(stranger, ana, "wrong password here")
    assert "too many tries" in sign_in(Client(REMOTE_ADDR="198.51.100.9"), ana).content.decode()
    assert sign_in(client, ana).status_code == 302
    assert signed_in_now(client)


def test_device_cookie_lets_nobody_in_and_serves_only_its_owner(
    client: Any, ana: Any, staff: Any
) -> None:
    sign_in(client, ana)
    stolen = Client()
    stolen.cookies["wellheard-device"] = client.cookies["wellheard-device"].value
    assert not signed_in_now(stolen)
    other = staff("analyst")
    for _ in range(5):
        sign_in(stolen, other, "wrong password here")
    assert "too many tries" in sign_in(stolen, other).content.decode()


def test_tries_keep_no_address_and_no_email(client: Any, ana: Any) -> None:
    sign_in(client, ana, "wrong password here")
    kept = str(list(SignInTry.objects.values()))
    assert ana.email not in kept
    assert "127.0.0.1" not in kept


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil",
        "http://testserver/staff/",
    ],
)
def test_next_leads_nowhere_else(client: Any, ana: Any, elsewhere: str) -> None:
    answer = sign_in(client, ana, next=elsewhere)
    assert answer.headers["Location"] == "/staff/"


def test_next_leads_to_a_page_of_ours(client: Any, ana: Any) -> None:
    answer = client.get("/staff/people/account/")
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fstaff%2Fpeople%2Faccount%2F"
    answer = sign_in(client, ana, next="/staff/people/account/")
    assert answer.headers["Location"] == "/staff/people/account/"


def test_nobody_makes_an_account_by_themselves(client: Any) -> None:
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"email": "x@example.org"}).status_code == 404


def test_fragment_request_of_somebody_signed_out_moves_the_whole_page(client: Any) -> None:
    answer = client.get(
        "/staff/people/account/",
        headers={"HX-Request": "true", "Referer": "http://testserver/staff/x/?q=1"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fstaff%2Fx%2F"


# -- how a session ends


def stolen_copy(client: Any) -> Client:
    thief = Client()
    thief.cookies["wellheard-session"] = client.cookies["wellheard-session"].value
    return thief


def test_stolen_session_is_dead_after_signing_out(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    thief = stolen_copy(client)
    assert signed_in_now(thief)
    answer = client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not signed_in_now(thief)
    assert not SignedInSession.objects.exists()


def test_signing_out_needs_a_post(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    client.get("/accounts/logout/")
    assert signed_in_now(client)


def test_session_is_dead_after_the_account_is_closed(
    client: Any, ana: Any, actor: Any, at: Any
) -> None:
    from wellheard.people.staff.actions import close_account

    sign_in(client, ana)
    assert signed_in_now(client)
    close_account(user=ana, by=actor, at=at)
    assert not signed_in_now(client)


def test_other_sessions_are_dead_after_a_new_password(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    other = Client()
    sign_in(other, ana)
    fresh = "purple otters gardening at noon"
    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    assert answer.status_code == 302
    assert signed_in_now(client)
    assert not signed_in_now(other)
    assert AuditRow.objects.filter(action="password.changed").count() == 1


def test_own_sessions_are_listed_and_ended(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    sign_in(other, ana)
    assert signed_in_now(other)
    page = client.get("/staff/people/account/").content.decode()
    assert "Firefox on Windows" in page
    row = SignedInSession.objects.get(device="Firefox on Windows")
    client.post(f"/staff/people/account/sessions/{row.pk}/end/")
    assert not signed_in_now(other)
    assert signed_in_now(client)


def test_session_of_somebody_else_cannot_be_ended(client: Any, ana: Any, staff: Any) -> None:
    sign_in(client, ana)
    thief = Client()
    thief.force_login(
        staff("analyst"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert signed_in_now(client)
    row = SignedInSession.objects.get(user=ana)
    assert thief.post(f"/staff/people/account/sessions/{row.pk}/end/").status_code == 404
    assert signed_in_now(client)


def test_screen_locks_when_idle_and_opens_on_the_same_page(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    assert signed_in_now(client)
    row = SignedInSession.objects.get()
    ago = row.seen_at - timedelta(minutes=31)
    SignedInSession.objects.update(began_at=ago, seen_at=ago)
    answer = client.get("/staff/patients/?x=1")
    assert (
        answer.headers["Location"]
        == "/accounts/reauthenticate/?next=%2Fstaff%2Fpatients%2F%3Fx%3D1"
    )
    assert client.get("/accounts/2fa/").status_code == 302
    answer = client.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/staff/patients/?x=1"}
    )
    assert answer.headers["Location"] == "/staff/patients/?x=1"
    assert signed_in_now(client)


def test_screen_locked_by_hand_opens_with_the_password_only(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    assert signed_in_now(client)
    client.post("/accounts/lock/", {"next": "/staff/people/account/"})
    assert not signed_in_now(client)
    client.post("/accounts/still-here/")
    assert not signed_in_now(client)
    client.post("/accounts/reauthenticate/", {"password": "wrong password here"})
    assert not signed_in_now(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert signed_in_now(client)


def test_session_is_over_after_its_absolute_limit(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    assert signed_in_now(client)
    row = SignedInSession.objects.get()
    SignedInSession.objects.update(began_at=row.began_at - timedelta(hours=12))
    answer = client.get("/staff/people/account/")
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert not SignedInSession.objects.exists()


def test_sign_of_life_keeps_the_screen_open(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    assert signed_in_now(client)
    row = SignedInSession.objects.get()
    ago = row.seen_at - timedelta(minutes=20)
    SignedInSession.objects.update(began_at=ago, seen_at=ago)
    assert client.post("/accounts/still-here/").status_code == 204
    assert SignedInSession.objects.get().seen_at > row.seen_at - timedelta(minutes=1)


# -- the second factor


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.usefixtures("demanded")
def test_nothing_opens_until_the_second_factor_is_there(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    answer = client.get("/staff/people/account/")
    assert answer.headers["Location"].startswith("/accounts/2fa/")
    assert client.get("/accounts/2fa/").status_code == 200
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    assert signed_in_now(client)


def test_code_is_asked_after_the_password_and_works_once(client: Any, ana: Any) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(ana, secret)
    assert secret not in str(Authenticator.objects.values())
    answer = sign_in(client, ana)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in_now(client)
    assert Client().get("/accounts/2fa/authenticate/").status_code == 302
    code = current_code(secret)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert signed_in_now(client)
    other = Client()
    sign_in(other, ana)
    other.post("/accounts/2fa/authenticate/", {"code": code})
    assert not signed_in_now(other), "a code that was seen must not work a second time"


def test_wrong_codes_are_capped(client: Any, ana: Any) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(ana, secret)
    sign_in(client, ana)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    page = client.post("/accounts/2fa/authenticate/", {"code": current_code(secret)})
    assert "too many tries" in page.content.decode()
    assert not signed_in_now(client)


@pytest.mark.usefixtures("demanded")
def test_last_factor_cannot_be_taken_away(client: Any, ana: Any) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    sign_in(client, ana)
    client.post("/accounts/2fa/authenticate/", {"code": current_code("JBSWY3DPEHPK3PXP")})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=ana, type="totp").exists()


def test_app_is_added_with_recovery_codes_after_proving_oneself(
    client: Any, ana: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, ana)
    assert (
        "/accounts/reauthenticate/"
        in client.get("/accounts/2fa/totp/activate/").headers["Location"]
    )
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": current_code(secret)})
    assert Authenticator.objects.filter(user=ana).count() == 2
    codes = client.get("/accounts/2fa/codes/").context["unused_codes"]
    assert len(codes) == 10
    assert AuditRow.objects.filter(action="factor.app_added").count() == 1
    client.post("/accounts/logout/")
    sign_in(client, ana)
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert signed_in_now(client)
    again = Client()
    sign_in(again, ana)
    again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert not signed_in_now(again), "a recovery code works once"


# -- forgotten passwords


@pytest.fixture
def mailing(settings: Any, mailoutbox: list[Any]) -> list[Any]:
    settings.STAFF_MAIL = True
    return mailoutbox


def link_in(mail: Any) -> str:
    line = next(line for line in mail.body.splitlines() if "/accounts/password/reset/key/" in line)
    return str(line).removeprefix("http://127.0.0.1:8000")


def test_reset_link_works_once_and_skips_no_second_factor(
    client: Any, ana: Any, mailing: list[Any]
) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    client.post("/accounts/password/reset/", {"email": ana.email}, HTTP_HOST="testserver")
    link = link_in(mailing[0])
    form = client.get(link, follow=True)
    fresh = "purple otters gardening at noon"
    weak = client.post(form.request["PATH_INFO"], {"password1": "short", "password2": "short"})
    assert "at least 15" in weak.content.decode() or "at least 8" in weak.content.decode()
    client.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})
    assert not signed_in_now(client)
    answer = sign_in(client, ana, fresh)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_reset_mails_do_not_flood(client: Any, ana: Any, mailing: list[Any]) -> None:
    for n in range(6):
        client.post("/accounts/password/reset/", {"email": ana.email}, REMOTE_ADDR=f"203.0.113.{n}")
    assert len(mailing) == 3


def test_reset_tells_nobody_whether_an_account_exists(
    client: Any, ana: Any, mailing: list[Any]
) -> None:
    known = client.post("/accounts/password/reset/", {"email": ana.email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "no@example.org"}, follow=True)
    assert known.content == unknown.content
    assert len(mailing) == 1


def test_reset_says_whom_to_ask_where_no_mail_is_sent(client: Any, ana: Any) -> None:
    page = client.post("/accounts/password/reset/", {"email": ana.email})
    assert "Ask your administrator" in page.content.decode()


# -- cookies and pages


def test_cookies_of_a_session_are_closed_to_scripts_and_other_sites(client: Any, ana: Any) -> None:
    sign_in(client, ana)
    session = client.cookies["wellheard-session"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies["wellheard-device"]["httponly"]
    csrf = (
        client.get("/accounts/login/").cookies.get("wellheard-csrf")
        or client.cookies["wellheard-csrf"]
    )
    assert csrf["samesite"] == "Strict"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/welcome/wrong/",
        "/accounts/oidc/cancelled/",
        "/accounts/oidc/error/",
    ],
)
def test_page_holds_no_inline_script_and_no_style(client: Any, ana: Any, path: str) -> None:
    if "logout" in path:
        sign_in(client, ana)
    text = client.get(path).content.decode()
    assert text.count("<h1") == 1
    assert "style=" not in text
    assert "onclick" not in text
    for part in text.split("<script")[1:]:
        assert "src=" in part.partition(">")[0]


def test_passwords_are_kept_with_argon2() -> None:
    import os
    from importlib import import_module

    settings = import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_cookies_are_bound_to_the_host_when_the_address_is_https(tmp_path: Any) -> None:
    import json
    import os
    import subprocess
    import sys

    code = """
import json
from wellheard.config import settings as s
names = [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME]
flags = [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY]
print(json.dumps([names, flags, s.SECURE_HSTS_SECONDS, s.SECOND_FACTOR_REQUIRED]))
"""
    environment = os.environ | {
        "WELLHEARD_ADDRESS": "https://wellheard.example",
        "WELLHEARD_HOME": str(tmp_path),
        "WELLHEARD_MODE": "production",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    names, flags, hsts, second_factor = json.loads(done.stdout)
    assert all(name.startswith("__Host-") for name in names)
    assert flags == [True, True, True]
    assert hsts >= 31_536_000
    assert second_factor is True


def test_device_cookie_is_bound_to_the_host_too(settings: Any) -> None:
    from wellheard.people.signin.tries import device_cookie_name

    assert device_cookie_name(secure=True) == "__Host-device"
