"""Making a pack, accepting a peer, taking a pack in."""

from __future__ import annotations

from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.signatures import (
    SignatureWrong,
    check_signature,
    fingerprint,
    public_key,
    sign_bytes,
)
from wellheard.people.places.models import Organisation
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Period
from wellheard.understand.peers.models import Peer, PeerPack
from wellheard.understand.peers.queries import figures_of
from wellheard.understand.peers.rules import (
    Pack,
    PackRefusedError,
    pack_id,
    read_file,
    read_pack,
    sealed_file,
    written,
)


class PeerUnknownError(PackRefusedError):
    """The pack is signed by somebody whom nobody here has accepted; ``key`` is their public key."""

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name
        super().__init__(
            f"Nobody here knows this key yet ({fingerprint(key)}). Call {name}, compare these "
            "sixteen digits, and accept them as a peer first."
        )


def own_key(organisation_id: int) -> str:
    """The public key with which this organisation's packs are signed."""
    return public_key(_purpose(organisation_id))


def make_pack(organisation: Organisation, period: Period, *, by: Actor, at: datetime) -> bytes:
    """The signed file of this organisation's figures over whole quarters.

    Raises PackRefusedError when there is no figure that may be given away.
    """
    whole = period.whole_quarters
    policy = load_policy()
    pack = Pack(
        organisation=organisation.name,
        made_on=at.date(),
        start_on=whole.start.first_day,
        stop_on=whole.stop.first_day,
        minimum=policy.minimum_group,
        policy=policy.name,
        figures=tuple(figures_of(organisation.pk, whole)),
    )
    if not pack.figures:
        raise PackRefusedError(
            f"Too few people answered between {pack.start_on} and {pack.stop_on} to give figures."
        )
    data = written(pack)
    purpose = _purpose(organisation.pk)
    with acting(by, at=at) as trail:
        trail.write("peer_pack_made", ("understand.peerpack", pack_id(data)[:16]),
                    figures=len(pack.figures), start=str(pack.start_on))  # fmt: skip
    return sealed_file(data, public_key(purpose), sign_bytes(data, purpose))


def accept_peer(*, key: str, name: str, by: Actor, at: datetime) -> Peer:
    """Trust packs signed with this key from now on. Raises PackRefusedError for what is no key."""
    tidy, called = key.strip().lower(), " ".join(name.split())
    try:
        shown = fingerprint(tidy)
    except ValueError:
        raise PackRefusedError("A public key has 64 digits (0-9, a-f).") from None
    if not called:
        raise PackRefusedError("Say what the peer is called.")
    if tidy == own_key(by.organisation_id):
        raise PackRefusedError("This is your own key.")
    others = Peer.objects.filter(organisation_id=by.organisation_id, name=called, ended_at=None)
    if others.exclude(key=tidy).exists():
        raise PackRefusedError(
            f"There is a peer called {called} already. Give this one another name."
        )
    with acting(by, at=at) as trail:
        peer, _ = Peer.objects.update_or_create(
            organisation_id=by.organisation_id,
            key=tidy,
            defaults={
                "name": called[:200],
                "accepted_by": f"{by.kind}:{by.ref}",
                "accepted_at": at,
                "ended_at": None,
            },
        )
        trail.write("peer_accepted", peer, fingerprint=shown)
    return peer


def end_peer(peer: Peer, *, by: Actor, at: datetime) -> None:
    """Take no more packs of this peer, and set its figures beside ours no longer."""
    with acting(by, at=at) as trail:
        Peer.objects.filter(pk=peer.pk, ended_at=None).update(ended_at=at)
        trail.write("peer_ended", peer)


def receive_pack(raw: bytes, *, by: Actor, at: datetime) -> tuple[PeerPack, bool]:
    """Keep a peer's pack, or find that it is here already: (the pack, whether it is new).

    Raises PackRefusedError (nothing is kept) for a file that is no pack, was altered, holds a
    small group, is from the future, or is signed by nobody we accepted (PeerUnknownError).
    """
    envelope = read_file(raw)
    try:
        check_signature(envelope.data, envelope.signature, envelope.key)
    except SignatureWrong:
        raise PackRefusedError(
            "The signature does not fit: the file was altered on its way. Ask for it again."
        ) from None
    pack = read_pack(envelope.data)
    _check_dates(pack, at.date())
    peer = Peer.objects.filter(
        organisation_id=by.organisation_id, key=envelope.key, ended_at=None
    ).first()
    if peer is None:
        raise PeerUnknownError(envelope.key, pack.organisation)
    with acting(by, at=at) as trail:
        kept, is_new = PeerPack.objects.get_or_create(
            organisation_id=by.organisation_id,
            pack_id=pack_id(envelope.data),
            defaults={
                "peer": peer,
                "signature": envelope.signature,
                "data": envelope.data.decode(),
                "made_on": pack.made_on,
                "start_on": pack.start_on,
                "stop_on": pack.stop_on,
                "received_by": f"{by.kind}:{by.ref}",
                "received_at": at,
            },
        )
        if is_new:
            trail.write("peer_pack_received", kept, figures=len(pack.figures))
    return kept, is_new


def _check_dates(pack: Pack, today: date) -> None:
    # A day's grace: the other side of the world is a day ahead.
    if (pack.made_on - today).days > 1:
        raise PackRefusedError(
            "The pack says it was made in the future. Check the clocks of both machines."
        )


def _purpose(organisation_id: int) -> str:
    return f"peers:{organisation_id}"
