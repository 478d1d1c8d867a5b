"""Making the database, or bringing an older one up to this version."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# Any number, the same in every process: PostgreSQL knows its advisory locks by number.
_LOCK: Final = 77_304_118


def make_database() -> None:
    """Every table as this version has it. Quick on an empty database; safe to run again.

    An empty database is made straight from the models, as going through every migration costs
    most of a minute of CPU; script/check holds models and migrations equal. Two at once end with
    the same: whoever comes second waits and finds the tables there.
    """
    with _alone():
        if not connection.introspection.table_names():
            _make_all()
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time, on this machine and, with PostgreSQL, on all machines."""
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / ".making").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _make_all() -> None:
    """All tables and the note that every migration is done: all of it, or nothing."""
    known = MigrationLoader(connection).graph.nodes
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        recorder.migration_qs.bulk_create(
            recorder.Migration(app=app, name=name) for app, name in sorted(known)
        )
