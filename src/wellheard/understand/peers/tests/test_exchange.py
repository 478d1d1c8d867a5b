"""Two installations exchange signed packs; nothing altered, unknown or small gets in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.vault.signatures import fingerprint
from wellheard.people.places.actions import add_organisation, add_place, add_site
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.peers.actions import (
    PeerUnknownError,
    accept_peer,
    end_peer,
    make_pack,
    own_key,
    receive_pack,
)
from wellheard.understand.peers.models import Peer, PeerPack
from wellheard.understand.peers.queries import compare, packs_of
from wellheard.understand.peers.rules import PackRefusedError

YEAR = Period(Month(2025, 1), Month(2026, 1))
THEIR_SECRET = bytes(range(32))


@pytest.fixture
def far(db: None, at: Any) -> Any:
    """Another organisation with its own ward, as on another machine."""
    other = add_organisation(
        name="St. Elsewhere", slug="elsewhere", country="US", jurisdiction="us-hospital",
        zone="America/Denver", languages=["en"], at=at,
    )  # fmt: skip
    by = Actor.system(other.pk, "test")
    return add_place(add_site(other, name="S", by=by, at=at), name="W", kind="ward", by=by, at=at)


def quiet(place: Any, always: int, of: int, month: str = "2025-03") -> None:
    keep(answer(place, month, 4, always), answer(place, month, 1, of - always))


@pytest.fixture
def theirs(far: Any, settings: Any, at: Any) -> Any:
    """(their file, their key), made with the secret of their own installation."""
    quiet(far, 80, 100)
    ours, settings.VAULT_MASTER_KEY = settings.VAULT_MASTER_KEY, THEIR_SECRET
    made = make_pack(far.organisation, YEAR, by=Actor.system(far.organisation_id, "t"), at=at)
    key = own_key(far.organisation_id)
    settings.VAULT_MASTER_KEY = ours
    return made, key


@pytest.mark.capability("L08")
def test_two_installations_exchange_a_signed_pack(
    theirs: Any, place: Any, organisation: Any, actor: Any, at: Any
) -> None:
    quiet(place, 30, 100)
    made, key = theirs
    assert key != own_key(organisation.pk)
    with pytest.raises(PeerUnknownError) as unknown:
        receive_pack(made, by=actor, at=at)
    assert (unknown.value.key, fingerprint(key) in str(unknown.value)) == (key, True)
    assert not PeerPack.objects.exists()

    accept_peer(key=key.upper(), name="St. Elsewhere", by=actor, at=at)
    pack, is_new = receive_pack(made, by=actor, at=at)
    again, is_new_again = receive_pack(made, by=actor, at=at)
    assert (is_new, is_new_again, again) == (True, False, pack)

    packs = packs_of(organisation.pk)
    found = {
        each.own.measure: each
        for each in compare(organisation.pk, packs, pack.start_on, pack.stop_on)
    }
    own, [placed] = found["quiet"].own, found["quiet"].peers
    assert (own.estimate, own.n) == (30.0, 100)
    assert placed.figure is not None
    assert (placed.figure.estimate, placed.figure.n, placed.peer) == (80.0, 100, "St. Elsewhere")
    wards = compare(organisation.pk, packs, pack.start_on, pack.stop_on, "ward")
    assert [each.own.scope for each in wards] == ["ward"]
    assert AuditRow.objects.filter(action="peer_pack_received").count() == 1


@pytest.mark.capability("L08")
def test_pack_that_was_altered_is_refused(theirs: Any, actor: Any, at: Any) -> None:
    made, key = theirs
    accept_peer(key=key, name="St. Elsewhere", by=actor, at=at)
    page = json.loads(made)
    page["pack"] = page["pack"].replace('"estimate":80.0', '"estimate":90.0')
    with pytest.raises(PackRefusedError, match="altered"):
        receive_pack(json.dumps(page).encode(), by=actor, at=at)
    with pytest.raises(PackRefusedError, match="altered"):
        receive_pack(json.dumps(page | {"signature": "zz"}).encode(), by=actor, at=at)
    assert not PeerPack.objects.exists()


@pytest.mark.capability("M02")
def test_pack_holds_no_small_group_and_no_name_of_a_place(
    place: Any, other_place: Any, actor: Any, organisation: Any, at: Any
) -> None:
    quiet(place, 30, 100)
    quiet(other_place, 3, 10)
    made = json.loads(make_pack(organisation, YEAR, by=actor, at=at))
    figures = json.loads(made["pack"])["figures"]
    assert {(each["scope"], each["n"]) for each in figures} == {("all", 100), ("ward", 100)}
    assert place.name not in made["pack"] and other_place.name not in made["pack"]


def test_pack_of_a_silent_period_is_not_made(organisation: Any, actor: Any, at: Any) -> None:
    with pytest.raises(PackRefusedError, match="Too few people"):
        make_pack(organisation, YEAR, by=actor, at=at)


def test_pack_from_the_future_is_refused(theirs: Any, actor: Any, at: Any) -> None:
    made, key = theirs
    accept_peer(key=key, name="St. Elsewhere", by=actor, at=at)
    with pytest.raises(PackRefusedError, match="future"):
        receive_pack(made, by=actor, at=at - timedelta(days=3))


@pytest.mark.capability("L07")
def test_other_periods_and_ended_peers_are_not_compared(
    theirs: Any, place: Any, organisation: Any, actor: Any, at: Any
) -> None:
    quiet(place, 30, 100)
    made, key = theirs
    peer = accept_peer(key=key, name="St. Elsewhere", by=actor, at=at)
    pack, _ = receive_pack(made, by=actor, at=at)
    half = compare(
        organisation.pk, packs_of(organisation.pk), pack.start_on, YEAR.start.plus(6).first_day
    )
    assert all(each.peers == () for each in half)
    end_peer(peer, by=actor, at=at)
    whole = compare(organisation.pk, packs_of(organisation.pk), pack.start_on, pack.stop_on)
    assert all(each.peers == () for each in whole)
    with pytest.raises(PeerUnknownError):
        receive_pack(made, by=actor, at=at)


@pytest.mark.parametrize(
    ("key", "name", "words"),
    [("12", "A", "64 digits"), ("g" * 64, "A", "64 digits"), ("ab" * 32, " ", "called")],
)
def test_peer_that_is_none_is_refused(actor: Any, at: Any, key: str, name: str, words: str) -> None:
    with pytest.raises(PackRefusedError, match=words):
        accept_peer(key=key, name=name, by=actor, at=at)


def test_own_key_and_a_second_peer_of_one_name_are_refused(actor: Any, at: Any) -> None:
    with pytest.raises(PackRefusedError, match="your own"):
        accept_peer(key=own_key(actor.organisation_id), name="Us", by=actor, at=at)
    accept_peer(key="ab" * 32, name="Them", by=actor, at=at)
    with pytest.raises(PackRefusedError, match="another name"):
        accept_peer(key="cd" * 32, name="Them", by=actor, at=at)


@pytest.mark.capability("L08")
def test_analyst_exchanges_packs_on_the_pages(
    theirs: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    quiet(place, 30, 100)
    made, key = theirs
    client = signed_in(staff("analyst"))

    def send() -> Any:
        file = SimpleUploadedFile("their.json", made)
        return client.post(reverse("peers:exchange"), {"file": file})

    refused = send()
    assert refused.status_code == 422
    assert fingerprint(key) in refused.content.decode()
    assert (
        "Compare the fingerprint first"
        in client.post(
            reverse("peers:accept"), {"name": "St. Elsewhere", "key": key}
        ).content.decode()
    )
    client.post(reverse("peers:accept"), {"name": "St. Elsewhere", "key": key, "compared": "on"})
    assert send().headers["Location"] == reverse("peers:peers")
    shown = client.get(reverse("peers:peers")).content.decode().replace("\u202f", " ")
    for words in ("St. Elsewhere", "80 %", "30 %", "n 100", "clearly below 1"):
        assert words in shown
    client.post(reverse("peers:end", args=[Peer.objects.get().pk]))
    assert "No peer has given us a pack yet" in client.get(reverse("peers:peers")).content.decode()


def test_nurse_manager_reads_peers_and_exchanges_nothing(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("nurse_manager"))
    assert client.get(reverse("peers:peers")).status_code == 200
    assert client.get(reverse("peers:exchange")).status_code == 403
    assert client.post(reverse("peers:pack"), {}).status_code == 403


def test_own_pack_is_downloaded_from_the_page(
    place: Any, staff: Any, signed_in: Any, monkeypatch: Any, at: Any
) -> None:
    from wellheard.understand.peers import views

    quiet(place, 30, 100)
    monkeypatch.setattr(views, "_today", lambda: Month(2026, 3))
    client = signed_in(staff("analyst"))
    made = client.post(reverse("peers:pack"), {"start": "202501", "quarters": "4"})
    assert made.headers["Content-Type"] == "application/json"
    assert json.loads(json.loads(made.content)["pack"])["stop_on"] == "2026-01-01"
    late = client.post(reverse("peers:pack"), {"start": "202510", "quarters": "4"}, follow=True)
    assert "not over yet" in late.content.decode()
