"""Making a kiosk, making a device it, asking one person after the other, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token
from wellheard.listen.cards.actions import clear_screen, draft_key, start_draft
from wellheard.listen.cards.rules import Card
from wellheard.listen.invitations.actions import clear_answers, invite
from wellheard.listen.kiosk.models import Kiosk, KioskStep
from wellheard.listen.kiosk.rules import is_heard, new_pin
from wellheard.listen.kiosk.vocabulary import (
    idle_seconds,
    longest,
    pin_digits,
    pin_tries,
    setup_lasts,
)
from wellheard.people.places.models import Place, Touchpoint

_SETUP, _DEVICE, _PIN = "kiosk-setup", "kiosk-device", "kiosk-pin"
Why = Literal["over", "left"]


class NotOnError(Exception):
    """The kiosk was left or revoked meanwhile, or is not set up yet."""


@dataclass(frozen=True, slots=True)
class Made:
    """A kiosk with what is known only now: its one-time address and the number to leave it."""

    kiosk: Kiosk
    setup: str
    pin: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the person at the screen goes on: the token of a survey, or that of a card."""

    survey: str = ""
    card: str = ""


def make_kiosk(
    *,
    place: Place,
    touchpoint: Touchpoint | None,
    name: str,
    kind: str,
    instrument: str,
    keeps_left: bool,
    user_id: int,
    by: Actor,
    at: datetime,
) -> Made:
    """A new kiosk of a place. ``instrument``: "" asks the comment card."""
    with acting(by, at=at) as trail:
        kiosk = Kiosk.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            touchpoint=touchpoint,
            name=name,
            kind=kind,
            instrument=instrument,
            keeps_left=keeps_left,
            made_at=at,
        )
        trail.write("kiosk_made", kiosk, kind=kind, instrument=instrument)
        return _with_secrets(kiosk, "made", user_id, at)


def renew_kiosk(kiosk: Kiosk, *, user_id: int, by: Actor, at: datetime) -> Made:
    """A new address and number, for another device or a lost number; the old device ends."""
    with acting(by, at=at) as trail:
        _end(kiosk, "over", by=by, at=at)
        trail.write("kiosk_renewed", kiosk)
        return _with_secrets(kiosk, "made", user_id, at)


def revoke_kiosk(kiosk: Kiosk, *, user_id: int, by: Actor, at: datetime) -> None:
    """End a kiosk from afar: its screen says so at the next touch."""
    with acting(by, at=at) as trail:
        _end(kiosk, "over", by=by, at=at)
        Kiosk.objects.filter(pk=kiosk.pk).update(setup_key=None, setup_until=None)
        KioskStep.objects.create(kiosk=kiosk, what="revoked", by_id=user_id, at=at)
        trail.write("kiosk_revoked", kiosk)


def bind_device(setup: str, *, at: datetime) -> tuple[Kiosk, str] | None:
    """This device becomes the kiosk, once: the kiosk and the secret for its cookie. None when the
    address was used, is over, or was never one."""
    waiting = Kiosk.objects.filter(setup_key=digest(setup, _SETUP), setup_until__gt=at)
    found = waiting.first()
    if found is None:
        return None
    secret = new_token()
    with acting(Actor.system(found.organisation_id, "kiosk"), at=at) as trail:
        # Whoever comes second finds the address used.
        if not waiting.update(setup_key=None, setup_until=None, device_key=digest(secret, _DEVICE)):
            return None
        KioskStep.objects.create(kiosk=found, what="bound", at=at)
        trail.write("kiosk_bound", found)
    return found, secret


def begin(kiosk: Kiosk, *, language: str, assisted: bool, at: datetime) -> Asked:
    """The next person begins, on an empty screen. Raises NotOnError.

    ``assisted``: a member of staff helps; kept as the way in which it was answered, without a name.
    """
    by = Actor.system(kiosk.organisation_id, "kiosk")
    mode, idle = "assisted" if assisted else "kiosk", idle_seconds(kiosk.kind)
    with acting(by, at=at):
        held = Kiosk.objects.select_for_update(of=("self",)).get(pk=kiosk.pk)
        if held.device_key is None:
            raise NotOnError(held.name)
        clear(held, "left", by=by, at=at)
        if not held.instrument:
            draft = start_draft(Card(mode=mode, idle=idle), place=kiosk.place, at=at)
            held.draft_key, held.begun_at = draft_key(draft.token), at
            held.save(update_fields=["draft_key", "begun_at"])
            return Asked(card=draft.token)
        made = invite(
            place=kiosk.place,
            instrument_code=held.instrument,
            language=language,
            mode=mode,
            touchpoint=kiosk.touchpoint,
            idle_seconds=idle,
            by=by,
            at=at,
        )
        held.invitation, held.begun_at = made.invitation, at
        held.save(update_fields=["invitation", "begun_at"])
    return Asked(survey=made.token)


def clear(kiosk: Kiosk, why: Why, *, by: Actor, at: datetime) -> None:
    """Empty the screen. "over": somebody begins anew, and nothing is kept; "left": nobody touched
    it any more, and what was rated is kept if the kiosk keeps that. What was sent stays sent."""
    if kiosk.invitation is not None:
        keep = why == "left" and kiosk.keeps_left
        clear_answers(kiosk.invitation, keep=keep, by=by, at=at)
    if kiosk.draft_key:
        clear_screen(kiosk.draft_key)
    kiosk.invitation, kiosk.draft_key, kiosk.begun_at = None, "", None
    kiosk.save(update_fields=["invitation", "draft_key", "begun_at"])


def leave(kiosk: Kiosk, pin: str, *, at: datetime) -> Literal["left", "wrong", "wait"]:
    """Staff at the screen type the number that ends it. After a few wrong ones none is heard for
    a while."""
    tries, within = pin_tries()
    wrong = kiosk.steps.filter(what="wrong_pin", at__gt=at - within).values_list("at", flat=True)
    if not is_heard(list(wrong), now=at, tries=tries, within=within):
        return "wait"
    by = Actor.system(kiosk.organisation_id, "kiosk")
    with acting(by, at=at) as trail:
        if _pin_digest(kiosk, pin) != kiosk.pin:
            KioskStep.objects.create(kiosk=kiosk, what="wrong_pin", at=at)
            trail.write("kiosk_wrong_pin", kiosk)
            return "wrong"
        _end(kiosk, "over", by=by, at=at)
        KioskStep.objects.create(kiosk=kiosk, what="left", at=at)
        trail.write("kiosk_left", kiosk)
    return "left"


def clear_left(now: datetime) -> None:
    """Periodic work: screens that were switched off while somebody answered."""
    for kind in Kiosk.Kind.values:
        left = Kiosk.objects.filter(kind=kind, begun_at__lte=now - longest(kind))
        for kiosk in left.select_related("invitation"):
            by = Actor.system(kiosk.organisation_id, "kiosk")
            with acting(by, at=now):
                clear(kiosk, "left", by=by, at=now)


def _with_secrets(kiosk: Kiosk, what: str, user_id: int, at: datetime) -> Made:
    setup, pin = new_token(), new_pin(pin_digits())
    kiosk.pin = _pin_digest(kiosk, pin)
    kiosk.setup_key, kiosk.setup_until = digest(setup, _SETUP), at + setup_lasts()
    kiosk.save(update_fields=["pin", "setup_key", "setup_until"])
    KioskStep.objects.create(kiosk=kiosk, what=what, by_id=user_id, at=at)
    return Made(kiosk, setup, pin)


def _end(kiosk: Kiosk, why: Why, *, by: Actor, at: datetime) -> None:
    clear(kiosk, why, by=by, at=at)
    kiosk.device_key = None
    kiosk.save(update_fields=["device_key"])


def _pin_digest(kiosk: Kiosk, pin: str) -> str:
    return digest(f"{kiosk.pk}:{pin}", _PIN)
