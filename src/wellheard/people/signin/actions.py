"""What is recorded about signing in."""

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.staff.models import User


def note_sign_in(*, user: User, methods: list[str], at: datetime) -> None:
    """Somebody signed in, and by what."""
    with acting(_self(user), at=at) as trail:
        trail.write("signed_in", user, methods=methods)


def note_sign_in_failed(*, email: str, at: datetime) -> None:
    """A password was wrong. Nothing is kept of an e-mail that belongs to no account."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        return
    with acting(Actor.system(user.organisation_id, "sign-in"), at=at) as trail:
        trail.write("sign_in_failed", user)


def note_signing_act(*, user: User, act: str, at: datetime) -> None:
    """Somebody did something to their own way of signing in."""
    with acting(_self(user), at=at) as trail:
        trail.write(act, user)


def _self(user: User) -> Actor:
    return Actor("staff", str(user.pk), user.organisation_id, user.name)
