"""Which organisation a console command is about; starts Django, which commands load late."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wellheard.people.places.models import Organisation


def chosen_organisation(slug: str) -> Organisation:
    """The organisation of this short name, or the only one there is; a clear refusal otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
    import django

    django.setup()
    from wellheard.people.places.models import Organisation
    from wellheard.people.places.queries import WhichOrganisationError, the_organisation

    try:
        return the_organisation(slug)
    except WhichOrganisationError as error:
        hint = "--organisation" if Organisation.objects.exists() else "run `wellheard setup` first"
        raise click.ClickException(f"{error} ({hint})") from None
