"""Accounts of staff: making, changing, closing them, and the one-time links they begin with."""

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token
from wellheard.people.places.models import Organisation
from wellheard.people.staff.models import OneTimeLink, User
from wellheard.people.staff.sessions import end_sessions

_LINK = "one-time-link"
LINK_LASTS = timedelta(days=3)


class EmailTakenError(ValueError):
    """An account with this e-mail address exists already (perhaps in another organisation)."""


def add_staff(
    *,
    organisation: Organisation,
    name: str,
    email: str,
    language: str = "en",
    by: Actor,
    at: datetime,
) -> User:
    """A new account without a password; raises EmailTakenError. Give it a one-time link."""
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTakenError
    with acting(by, at=at) as trail:
        user = User(email=email, name=name.strip(), organisation=organisation, language=language)
        user.set_unusable_password()
        user.save()
        trail.write("staff.added", user)
        trail.publish("people.staff_added", user_id=user.pk)
    return user


def make_one_time_link(*, user: User, by: Actor, at: datetime) -> str:
    """The path of a link by which the user sets a password once, within LINK_LASTS.

    Earlier links of the user stop working. Shown once: only its digest is kept.
    """
    token = new_token()
    with acting(by, at=at) as trail:
        user.one_time_links.filter(used_at__isnull=True).delete()
        OneTimeLink.objects.create(
            user=user,
            token_digest=digest(token, _LINK),
            made_by=f"{by.kind}:{by.ref}",
            made_at=at,
            ends_at=at + LINK_LASTS,
        )
        trail.write("staff.link_made", user)
    return f"/accounts/welcome/{token}/"


def link_by_token(token: str, *, at: datetime) -> OneTimeLink | None:
    """The link while it may be used; None for a wrong, used or old one, or a closed account."""
    links = OneTimeLink.objects.select_related("user__organisation").filter(
        token_digest=digest(token, _LINK),
        used_at__isnull=True,
        ends_at__gt=at,
        user__is_active=True,
    )
    return links.first()


def use_one_time_link(*, link: OneTimeLink, password: str, at: datetime) -> bool:
    """Sets the password and uses the link up; False when somebody was faster.

    Every session the account had ends: whoever had a hand on it before is out.
    """
    by = Actor("staff", str(link.user_id), link.user.organisation_id)
    with acting(by, at=at) as trail:
        used = OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at)
        if not used:
            return False
        link.user.set_password(password)
        link.user.save(update_fields=["password"])
        end_sessions(user=link.user, by=by, at=at)
        trail.write("password.set", link.user)
    return True


def change_account(
    *, user: User, name: str, language: str, shortcuts: bool, by: Actor, at: datetime
) -> None:
    """What people change of their own account."""
    with acting(by, at=at) as trail:
        user.name, user.language, user.shortcuts = name.strip(), language, shortcuts
        user.save(update_fields=["name", "language", "shortcuts"])
        trail.write("staff.changed", user)


def close_account(*, user: User, by: Actor, at: datetime) -> None:
    """The user cannot sign in any more and every session ends; what they did stays theirs."""
    with acting(by, at=at) as trail:
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.one_time_links.filter(used_at__isnull=True).delete()
        end_sessions(user=user, by=by, at=at)
        trail.write("staff.closed", user)
        trail.publish("people.staff_closed", user_id=user.pk)


def reopen_account(*, user: User, by: Actor, at: datetime) -> None:
    """The user can sign in again, with the roles they had."""
    with acting(by, at=at) as trail:
        user.is_active = True
        user.save(update_fields=["is_active"])
        trail.write("staff.reopened", user)
