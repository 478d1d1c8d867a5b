"""Exchanging packs from the console: ``wellheard peers ...``."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from wellheard.people.places.console import chosen_organisation

REFUSED = 2
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_ORGANISATION = click.option("--organisation", help="Its short name, when there are several.")


@click.group("peers")
def peers() -> None:
    """Exchange signed packs of figures with other installations.

    A pack holds scores with n and interval of the whole organisation and of each kind of place,
    over whole quarters; no group of fewer than 11 people, no place's name, no patient's words.
    """


@peers.command()
@_ORGANISATION
@_JSON
def key(organisation: str, as_json: bool) -> None:
    """Print our public key and its fingerprint, to be read to a peer over the telephone."""
    home = chosen_organisation(organisation)
    from wellheard.base.vault.signatures import fingerprint
    from wellheard.understand.peers.actions import own_key

    found = own_key(home.pk)
    told = {"key": found, "fingerprint": fingerprint(found)}
    click.echo(json.dumps(told) if as_json else f"{found}\nfingerprint {told['fingerprint']}")


@peers.command()
@click.argument("name")
@click.argument("public_key")
@_ORGANISATION
def accept(name: str, public_key: str, organisation: str) -> None:
    """Accept packs signed with PUBLIC_KEY as those of NAME. Compare the fingerprint first."""
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.understand.peers.actions import accept_peer
    from wellheard.understand.peers.rules import PackRefusedError

    try:
        peer = accept_peer(key=public_key, name=name, by=_by(home), at=timezone.now())
    except PackRefusedError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{peer.name} is a peer now.")


@peers.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "start", required=True, metavar="2026Q1", help="The first quarter.")
@click.option("--quarters", default=4, show_default=True, type=click.IntRange(1, 8))
@_ORGANISATION
def export(file: Path, start: str, quarters: int, organisation: str) -> None:
    """Write our signed pack to FILE."""
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.understand.facts.slices import Month, Period
    from wellheard.understand.peers.actions import make_pack
    from wellheard.understand.peers.rules import PackRefusedError

    first = Month.containing(_first_day(start))
    try:
        period = Period(first, first.plus(3 * quarters))
        data = make_pack(home, period, by=_by(home), at=timezone.now())
    except PackRefusedError as error:
        raise click.ClickException(str(error)) from None
    file.write_bytes(data)
    click.echo(f"{file}: {len(data)} bytes")


@peers.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_ORGANISATION
@_JSON
def import_(file: Path, organisation: str, as_json: bool) -> None:
    """Take a peer's pack in. Exit code 2 when it is refused."""
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.understand.peers.actions import receive_pack
    from wellheard.understand.peers.rules import PackRefusedError

    try:
        pack, is_new = receive_pack(_read(file), by=_by(home), at=timezone.now())
    except PackRefusedError as error:
        told: dict[str, Any] = {"ok": False, "reason": str(error)}
    else:
        told = {"ok": True, "peer": pack.peer.name, "new": is_new,
                "start_on": str(pack.start_on), "stop_on": str(pack.stop_on)}  # fmt: skip
    if as_json:
        click.echo(json.dumps(told))
    elif told["ok"]:
        known = "" if told["new"] else " (known already)"
        click.echo(f"{told['peer']}, {told['start_on']} to {told['stop_on']}{known}")
    else:
        click.echo(f"wellheard: {told['reason']}", err=True)
    if not told["ok"]:
        sys.exit(REFUSED)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


def _first_day(quarter: str) -> date:
    found = _QUARTER.fullmatch(quarter.strip())
    if found is None:
        raise click.ClickException("--from is a quarter such as 2026Q1")
    return date(int(found[1]), 3 * int(found[2]) - 2, 1)


def _by(home: Any) -> Any:
    from wellheard.base.audit.actor import Actor

    return Actor.system(home.pk, "console")
