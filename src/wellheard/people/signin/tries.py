"""Remembering failed tries, and asking whether another one is heard."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from wellheard.base.vault.sealing import (
    LinkBroken,
    LinkExpired,
    digest,
    new_token,
    sign,
    unsign,
)
from wellheard.people.signin.models import SignInTry
from wellheard.people.signin.rules import Failure, reached, refused
from wellheard.people.signin.vocabulary import (
    code_limit,
    kept_for,
    password_limits,
    reset_limits,
)
from wellheard.people.staff.models import User

DEVICE_LASTS_DAYS = 365
_DEVICE = "known-device"


@dataclass(frozen=True)
class Attempt:
    """A try, by digests."""

    account: str
    source: str
    device: str


def attempt_of(request: HttpRequest, account: str, source: str, *, now: datetime) -> Attempt:
    """The try of a request: `account` is the e-mail typed, `source` the address it came from."""
    account = account.strip().lower()
    return Attempt(
        digest(account, "sign-in-account"),
        digest(source, "sign-in-source"),
        _known_device(request, account, now),
    )


def password_refused(attempt: Attempt, *, now: datetime) -> bool:
    """Whether a password is not even looked at."""
    rows = SignInTry.objects.filter(
        Q(account=attempt.account) | Q(source=attempt.source),
        kind="password",
        at__gt=now - kept_for(),
    )
    failures = [Failure(row.account, row.source, row.device, row.at) for row in rows[:2000]]
    return refused(
        failures,
        password_limits(),
        account=attempt.account,
        source=attempt.source,
        device=attempt.device,
        now=now,
    )


def code_refused(user: User, *, now: datetime) -> bool:
    """Whether a one-time code is not even looked at."""
    rows = SignInTry.objects.filter(account=_code_account(user), kind="code")
    return reached(rows.values_list("at", flat=True), code_limit(), now)


def note_wrong_code(user: User, *, at: datetime) -> None:
    """A one-time code was wrong."""
    SignInTry.objects.create(account=_code_account(user), source="", kind="code", at=at)


def forget_wrong_codes(user: User) -> None:
    """A right code: the count begins anew."""
    SignInTry.objects.filter(account=_code_account(user), kind="code").delete()


def note_failure(attempt: Attempt, *, kind: str = "password", at: datetime) -> None:
    """A try failed, or ("reset") a mail was asked for."""
    SignInTry.objects.create(
        account=attempt.account, source=attempt.source, device=attempt.device, kind=kind, at=at
    )


def reset_refused(attempt: Attempt, *, now: datetime) -> bool:
    """Whether no further reset mail is sent."""
    per_account, per_source = reset_limits()
    asked = SignInTry.objects.filter(kind="reset", at__gt=now - kept_for())
    of_account = asked.filter(account=attempt.account).values_list("at", flat=True)
    from_source = asked.filter(source=attempt.source).values_list("at", flat=True)
    return reached(of_account, per_account, now) or reached(from_source, per_source, now)


def device_cookie_name(*, secure: bool) -> str:
    """The cookie by which a device is known again."""
    return "__Host-device" if secure else "wellheard-device"


def new_device_cookie(user: User) -> str:
    """A value that says: this device signed in as this user before. It lets nobody in."""
    return sign(f"{user.email.lower()}|{new_token(80)}", _DEVICE)


def _known_device(request: HttpRequest, account: str, now: datetime) -> str:
    raw = request.COOKIES.get(device_cookie_name(secure=settings.SECURE), "")
    try:
        value = unsign(raw, _DEVICE, now=now, last_days=DEVICE_LASTS_DAYS)
    except (LinkBroken, LinkExpired):
        return ""
    owner, _, _nonce = value.rpartition("|")
    return digest(value, "device") if owner == account else ""


def _code_account(user: User) -> str:
    return digest(str(user.pk), "code-account")


def forget_tries(now: datetime) -> None:
    """Periodic: tries older than any limit looks back."""
    SignInTry.objects.filter(at__lt=now - kept_for()).delete()
