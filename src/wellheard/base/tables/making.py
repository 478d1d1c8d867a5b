"""Making the database, or bringing an older one up to this version."""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_database() -> None:
    """Every table as this version has it. Quick on an empty database; safe to run again.

    An empty database is made straight from the models, as going through every migration costs
    most of a minute of CPU; script/check holds models and migrations equal. Two at once end with
    the same: whoever comes second finds the tables there, or waits for them.
    """
    if _is_empty():
        try:
            _make_all()
        except DatabaseError:
            # Another process made them in the meantime; if not, migrate says what is wrong.
            connection.close()
    call_command("migrate", verbosity=0, interactive=False)


def _is_empty() -> bool:
    return not connection.introspection.table_names()


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
