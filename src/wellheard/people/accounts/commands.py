"""Staff accounts from the console: the way in when there is nobody yet who could invite."""

from __future__ import annotations

import json
from typing import Any

import click

from wellheard.people.places.console import chosen_organisation


@click.group()
def staff() -> None:
    """Staff accounts from the console."""


@staff.command("create-admin")
@click.option("--email", required=True, help="Their work e-mail; they sign in with it.")
@click.option("--name", required=True, help="Their name.")
@click.option("--organisation", "slug", default="", help="Which one, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def create_admin(email: str, name: str, slug: str, as_json: bool) -> None:
    """Make an administrator, and print the link with which they choose their password."""
    _ready()
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.people.access.actions import give_role
    from wellheard.people.staff.actions import EmailTakenError, add_staff, make_one_time_link

    organisation = chosen_organisation(slug)
    by, now = Actor.system(organisation.pk, "console"), timezone.now()
    try:
        user = add_staff(organisation=organisation, name=name, email=email, by=by, at=now)
    except EmailTakenError:
        raise click.ClickException(
            f"{email} has an account already; `wellheard staff link --email {email}` makes a link"
        ) from None
    give_role(user=user, role="administrator", by=by, at=now)
    _print_link(make_one_time_link(user=user, by=by, at=now), as_json)


@staff.command("link")
@click.option("--email", required=True, help="Whose account.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def link(email: str, as_json: bool) -> None:
    """Print a new one-time link for an account, for when nobody can get in any more."""
    _ready()
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.people.staff.actions import make_one_time_link

    user = _user(email)
    by = Actor.system(user.organisation_id, "console")
    _print_link(make_one_time_link(user=user, by=by, at=timezone.now()), as_json)


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_staff(as_json: bool) -> None:
    """List accounts with their roles."""
    _ready()
    from wellheard.people.staff.models import User

    rows: list[dict[str, Any]] = [
        {
            "email": user.email,
            "name": user.name,
            "organisation": user.organisation.slug,
            "active": user.is_active,
            "roles": sorted({m.role for m in user.memberships.all() if m.ended_at is None}),
        }
        for user in User.objects.select_related("organisation").prefetch_related("memberships")
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = "" if row["active"] else " (closed)"
        click.echo(f"{row['email']}{state}  {', '.join(row['roles']) or 'no role'}")


@staff.command("close")
@click.option("--email", required=True, help="Whose account.")
def close(email: str) -> None:
    """Close an account and end all its sessions."""
    _ready()
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.people.staff.actions import close_account

    user = _user(email)
    by = Actor.system(user.organisation_id, "console")
    close_account(user=user, by=by, at=timezone.now())
    click.echo(f"{user.email} is closed.")


def _ready() -> None:
    import django

    django.setup()


def _user(email: str) -> Any:
    from wellheard.people.staff.models import User

    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise click.ClickException(f"there is no account {email}")
    return user


def _print_link(path: str, as_json: bool) -> None:
    from django.conf import settings

    address = f"{settings.ADDRESS}{path}"
    if as_json:
        click.echo(json.dumps({"link": address}))
    else:
        click.echo(f"Open this within three days; it works once:\n{address}")
