"""Sessions of staff: where each is signed in, for how long, and ending them."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.staff.models import SignedInSession, User
from wellheard.people.staff.rules import device_name

# A sign of life is written at most this often: every page would otherwise cost a write.
_STEP = timedelta(minutes=1)


def session_of(user: User, key: str, *, agent: str, at: datetime) -> SignedInSession:
    """The row of a signed-in browser; made when it is seen for the first time."""
    row, is_new = SignedInSession.objects.select_related("user").get_or_create(
        key=key,
        defaults={"user": user, "began_at": at, "seen_at": at, "device": device_name(agent)},
    )
    if not is_new and row.user_id != user.pk:
        row.delete()
        return session_of(user, key, agent=agent, at=at)
    return row


def note_seen(row: SignedInSession, *, at: datetime) -> None:
    """Notes a sign of life."""
    if at - row.seen_at >= _STEP:
        row.seen_at = at
        SignedInSession.objects.filter(pk=row.pk).update(seen_at=at)


def lock_session(row: SignedInSession, *, at: datetime) -> None:
    """The screen is locked until the person shows again who they are."""
    SignedInSession.objects.filter(pk=row.pk).update(locked_at=at)


def end_session(*, session: SignedInSession, by: Actor, at: datetime) -> None:
    """The browser is signed out at once, wherever it is."""
    with acting(by, at=at) as trail:
        _forget(session)
        trail.write("session.ended", session.user)


def end_sessions(*, user: User, by: Actor, at: datetime, but: str = "") -> int:
    """Ends every session of a user, but the one with the key `but`; gives how many."""
    sessions = list(SignedInSession.objects.filter(user=user).exclude(key=but))
    with acting(by, at=at):
        for session in sessions:
            end_session(session=session, by=by, at=at)
    return len(sessions)


def _forget(session: SignedInSession) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store(session_key=session.key).delete()
    session.delete()


def forget_stale_sessions(now: datetime) -> None:
    """Periodic: rows of sessions that are over by any limit."""
    SignedInSession.objects.filter(seen_at__lt=now - timedelta(days=2)).delete()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()


def forget_session(key: str) -> None:
    """The browser with this key has signed out by itself."""
    SignedInSession.objects.filter(key=key).delete()
