"""The administrator's pages, the one-time link, tokens, and the console."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from wellheard.base.audit.models import AuditRow
from wellheard.people.access.models import ApiToken, Membership
from wellheard.people.staff.actions import LINK_LASTS, link_by_token, make_one_time_link
from wellheard.people.staff.models import OneTimeLink, User

pytestmark = pytest.mark.django_db
PASSWORD = "olive tractor sings blue"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def admin(signed_in: Any, staff: Any) -> Any:
    return signed_in(staff("administrator"))


def invited(admin: Any, email: str = "new@example.org") -> Any:
    return admin.post("/staff/people/new/", {"name": "Nadia New", "email": email})


def link_on(page: Any) -> str:
    return str(page.context["link"]).removeprefix("http://127.0.0.1:8000")


def test_colleague_is_invited_by_a_link_that_works_once(admin: Any) -> None:
    link = link_on(invited(admin))
    token = link.split("/")[3]
    assert token not in str(OneTimeLink.objects.values().get()) + str(
        list(AuditRow.objects.values())
    )
    guest = Client()
    assert "Nadia New" in guest.get(link).content.decode()
    weak = guest.post(link, {"password": "password", "again": "password"})
    assert "at least 15 letters" in weak.content.decode()
    other = guest.post(link, {"password": PASSWORD, "again": "another one entirely"})
    assert "not the same" in other.content.decode()
    answer = guest.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert guest.get("/accounts/2fa/").status_code == 200
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404


@pytest.mark.capability("N05")
def test_link_is_dead_when_old_replaced_or_of_a_closed_account(
    staff: Any, actor: Any, at: Any
) -> None:
    user = staff("analyst")
    first = make_one_time_link(user=user, by=actor, at=at).split("/")[3]
    assert link_by_token(first, at=at + LINK_LASTS - timedelta(seconds=1)) is not None
    assert link_by_token(first, at=at + LINK_LASTS) is None
    second = make_one_time_link(user=user, by=actor, at=at).split("/")[3]
    assert link_by_token(first, at=at) is None
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert link_by_token(second, at=at) is None


def test_link_does_not_skip_a_second_factor(admin: Any, staff: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    user = staff("analyst")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    link = link_on(admin.post(f"/staff/people/{user.pk}/link/"))
    guest = Client()
    answer = guest.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.headers["Location"] == "/accounts/login/"
    assert guest.get("/staff/people/account/").status_code == 302


def test_email_that_is_taken_is_refused(admin: Any, staff: Any) -> None:
    taken = staff("analyst").email.upper()
    assert "already" in invited(admin, taken).content.decode()
    assert User.objects.filter(email__iexact=taken).count() == 1


def test_role_is_given_at_a_place_and_ended(admin: Any, staff: Any, place: Any) -> None:
    user = staff("front_desk")
    admin.post(
        f"/staff/people/{user.pk}/roles/", {"role": "nurse_manager", "where": f"place-{place.pk}"}
    )
    membership = Membership.objects.get(user=user, role="nurse_manager")
    assert membership.place == place
    admin.post(f"/staff/people/{user.pk}/roles/{membership.pk}/end/")
    membership.refresh_from_db()
    assert membership.ended_at is not None


def test_role_that_holds_everywhere_is_not_given_at_a_place(
    admin: Any, staff: Any, place: Any
) -> None:
    user = staff("front_desk")
    page = admin.post(
        f"/staff/people/{user.pk}/roles/", {"role": "analyst", "where": f"place-{place.pk}"}
    )
    assert "holds everywhere" in page.content.decode()
    assert not Membership.objects.filter(user=user, role="analyst").exists()


@pytest.mark.capability("N01")
def test_administrator_cannot_raise_themselves(admin: Any, staff: Any) -> None:
    me = User.objects.get(email__startswith="administrator")
    admin.post(f"/staff/people/{me.pk}/roles/", {"role": "px_specialist", "where": "all"})
    assert list(me.memberships.values_list("role", flat=True)) == ["administrator"]
    assert admin.post(f"/staff/people/{me.pk}/close/").status_code == 403
    assert admin.post(f"/staff/people/{me.pk}/link/").status_code == 403
    other = staff("analyst")
    admin.post(f"/staff/people/{other.pk}/roles/", {"role": "auditor", "where": "all"})
    proposal = other.role_proposals.get()
    admin.post(f"/staff/people/proposals/{proposal.pk}/decision/", {"word": "approve"})
    assert not Membership.objects.filter(user=other, role="auditor").exists()
    second = Client()
    second.force_login(
        staff("administrator"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    second.post(f"/staff/people/proposals/{proposal.pk}/decision/", {"word": "approve"})
    assert Membership.objects.filter(user=other, role="auditor").exists()


@pytest.mark.capability("N01")
def test_fields_that_were_not_asked_for_are_ignored(admin: Any, organisation: Any) -> None:
    admin.post(
        "/staff/people/new/",
        {
            "name": "N",
            "email": "m@example.org",
            "organisation": "999",
            "is_active": "",
            "role": "administrator",
        },
    )
    user = User.objects.get(email="m@example.org")
    assert user.organisation == organisation
    assert user.is_active
    assert not user.memberships.exists()
    assert not user.has_usable_password()


def test_closed_account_is_out_and_can_come_back(admin: Any, staff: Any) -> None:
    user = staff("analyst")
    admin.post(f"/staff/people/{user.pk}/close/")
    user.refresh_from_db()
    assert not user.is_active
    admin.post(f"/staff/people/{user.pk}/reopen/")
    user.refresh_from_db()
    assert user.is_active


def test_staff_list_finds_by_name(admin: Any, staff: Any) -> None:
    staff("analyst")
    page = admin.get("/staff/people/?q=ANALYST").content.decode()
    assert "analyst" in page
    assert "Nobody by that name" in admin.get("/staff/people/?q=zzz").content.decode()


def test_own_account_is_changed(signed_in: Any, staff: Any) -> None:
    user = staff("analyst")
    client = signed_in(user)
    client.post("/staff/people/account/", {"name": "Ana", "language": "es"})
    user.refresh_from_db()
    assert (user.name, user.language, user.shortcuts) == ("Ana", "es", False)
    assert client.cookies["wellheard-language"].value == "es"
    assert "data-keys-off" in client.get("/staff/people/account/").content.decode()


def test_token_is_shown_once_and_taken_back(signed_in: Any, staff: Any) -> None:
    client = signed_in(staff("analyst"))
    page = client.post(
        "/staff/people/account/tokens/",
        {"name": "nightly", "permissions": ["api.use", "measure.read"], "days": "30"},
    )
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in client.get("/staff/people/account/tokens/").content.decode()
    token = ApiToken.objects.get()
    client.post(f"/staff/people/account/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_token_for_a_right_one_does_not_hold_is_refused(signed_in: Any, staff: Any) -> None:
    client = signed_in(staff("analyst"))
    client.post(
        "/staff/people/account/tokens/",
        {"name": "n", "permissions": ["case.read"], "days": "30"},
    )
    assert not ApiToken.objects.exists()


def test_what_was_opened_to_a_colleague_is_closed_again(
    admin: Any, staff: Any, actor: Any, at: Any
) -> None:
    from wellheard.people.access.actions import make_ruling
    from wellheard.people.access.models import Ruling

    user = staff("analyst")
    opened = make_ruling(user=user, effect="grant", case_id=5, reason="x", by=actor, at=at)
    closed = make_ruling(user=user, effect="deny", case_id=6, reason="x", by=actor, at=at)
    page = admin.get(f"/staff/people/{user.pk}/").content.decode()
    assert "case 5" in page
    admin.post(f"/staff/people/{user.pk}/rulings/{opened.pk}/end/")
    assert Ruling.objects.get(pk=opened.pk).ends_at is not None
    assert admin.post(f"/staff/people/{user.pk}/rulings/{closed.pk}/end/").status_code == 404


# -- the console


def run(*arguments: str) -> Any:
    from wellheard.people.accounts.commands import staff as command

    return CliRunner().invoke(command, arguments)


@pytest.mark.capability("N05")
def test_console_makes_the_first_administrator_with_a_one_time_link(organisation: Any) -> None:
    assert User.objects.count() == 0, "there are no default accounts"
    done = run("create-admin", "--email", "First@Example.org", "--name", "Fay First", "--json")
    assert done.exit_code == 0, done.output
    user = User.objects.get()
    assert user.email == "first@example.org"
    assert not user.has_usable_password()
    assert user.memberships.get().role == "administrator"
    link = json.loads(done.output)["link"]
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_console_says_what_is_wrong_in_one_line(db: None) -> None:
    done = run("create-admin", "--email", "a@example.org", "--name", "A")
    assert done.exit_code == 1
    assert "wellheard setup" in done.output
    done = run("link", "--email", "nobody@example.org")
    assert (done.exit_code, "no account" in done.output) == (1, True)


def test_console_refuses_a_second_account_with_one_email(organisation: Any) -> None:
    run("create-admin", "--email", "a@example.org", "--name", "A")
    done = run("create-admin", "--email", "A@example.org", "--name", "A")
    assert done.exit_code == 1
    assert "wellheard staff link" in done.output
    assert run("link", "--email", "a@example.org").exit_code == 0


def test_console_lists_and_closes(organisation: Any) -> None:
    run("create-admin", "--email", "a@example.org", "--name", "A")
    assert json.loads(run("list", "--json").output)[0]["roles"] == ["administrator"]
    run("close", "--email", "a@example.org")
    assert "(closed)" in run("list").output
