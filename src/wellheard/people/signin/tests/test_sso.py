"""Single sign-on against a real issuer: what it must prove before anybody is let in."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from wellheard.people.signin.sso import checked_twice
from wellheard.people.signin.tests.issuer import CLIENT, Issuer

pytestmark = [pytest.mark.django_db, pytest.mark.capability("N05")]


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    made = Issuer()
    app = {
        "provider_id": "organisation",
        "name": "Riverbend",
        "client_id": CLIENT,
        "secret": "s",
        "settings": {"server_url": made.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    yield made
    made.close()


@pytest.fixture
def ana(staff: Any, issuer: Issuer) -> Any:
    user = staff("analyst")
    issuer.claims = {"email": user.email, "email_verified": True}
    return user


def leave(client: Any, issuer: Issuer) -> dict[str, list[str]]:
    answer = client.get("/accounts/oidc/organisation/login/")
    assert answer.status_code == 302, answer.content[:500]
    sent = urlsplit(answer.headers["Location"])
    asked = parse_qs(sent.query)
    assert f"{sent.scheme}://{sent.netloc}" == issuer.address
    issuer.challenge = asked["code_challenge"][0]
    return asked


def come_back(client: Any, asked: dict[str, list[str]]) -> Any:
    return client.get(
        "/accounts/oidc/organisation/login/callback/", {"code": "c", "state": asked["state"][0]}
    )


def is_in(client: Any) -> bool:
    return bool(client.get("/staff/people/account/").status_code == 200)


def test_known_colleague_is_let_in(client: Any, ana: Any, issuer: Issuer) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Riverbend" in page
    come_back(client, leave(client, issuer))
    assert issuer.verified_pkce
    assert is_in(client)


def test_colleague_is_known_again_by_the_issuers_number(
    client: Any, ana: Any, issuer: Issuer
) -> None:
    come_back(client, leave(client, issuer))
    issuer.claims = {"email": "new-name@example.org", "email_verified": True}
    again = Client()
    come_back(again, leave(again, issuer))
    assert is_in(again)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-app"},
        {"exp": 1_000_000_000},
    ],
)
def test_token_of_another_issuer_audience_or_time_is_refused(
    client: Any, ana: Any, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.claims |= claims
    come_back(client, leave(client, issuer))
    assert not is_in(client)


def test_token_signed_with_another_key_is_refused(client: Any, ana: Any, issuer: Issuer) -> None:
    issuer.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    come_back(client, leave(client, issuer))
    assert not is_in(client)


def test_token_without_a_signature_is_refused(client: Any, ana: Any, issuer: Issuer) -> None:
    issuer.algorithm = "none"
    come_back(client, leave(client, issuer))
    assert not is_in(client)


def test_answer_is_taken_once_and_only_by_the_browser_that_asked(
    client: Any, ana: Any, issuer: Issuer
) -> None:
    asked = leave(client, issuer)
    thief = Client()
    come_back(thief, asked)
    assert not is_in(thief)
    come_back(client, asked)
    assert is_in(client)
    client.post("/accounts/logout/")
    come_back(client, asked)
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@example.org"},
        {"email_verified": False},
    ],
)
def test_stranger_and_unchecked_email_are_refused(
    client: Any, ana: Any, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.claims |= claims
    page = come_back(client, leave(client, issuer))
    assert page.status_code == 403
    assert "no account here" in page.content.decode()
    assert not is_in(client)
    assert type(ana).objects.count() == 1


def test_closed_account_is_refused(client: Any, ana: Any, issuer: Issuer) -> None:
    type(ana).objects.update(is_active=False)
    come_back(client, leave(client, issuer))
    assert not is_in(client)


def test_issuer_that_checked_twice_needs_no_second_factor_of_ours(
    client: Any, ana: Any, issuer: Issuer, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    come_back(client, leave(client, issuer))
    assert not is_in(client), "a password alone at the issuer is not enough"
    issuer.claims |= {"amr": ["pwd", "mfa"]}
    again = Client()
    come_back(again, leave(again, issuer))
    assert is_in(again)


def test_own_second_factor_is_asked_after_the_issuer_too(
    client: Any, ana: Any, issuer: Issuer
) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    answer = come_back(client, leave(client, issuer))
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("data", "strong"),
    [
        ({}, False),
        ({"id_token": {}}, False),
        ({"id_token": {"amr": ["pwd"]}}, False),
        ({"id_token": {"amr": ["pwd", "otp"]}}, True),
        ({"userinfo": {"amr": ["mfa"]}}, False),
    ],
)
def test_only_the_signed_token_says_how_well_was_checked(
    data: dict[str, Any], strong: bool
) -> None:
    assert checked_twice(data) is strong


def test_without_settings_there_is_no_single_sign_on(client: Any) -> None:
    assert client.get("/accounts/oidc/organisation/login/").status_code == 404


def test_issuer_that_does_not_answer_gives_a_clear_page(
    client: Any, ana: Any, issuer: Issuer
) -> None:
    issuer.close()
    page = client.get("/accounts/oidc/organisation/login/")
    assert page.status_code == 502
    assert "did not work" in page.content.decode()
