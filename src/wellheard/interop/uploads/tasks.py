"""The jobs that import an uploaded file, and that forget the ones nobody confirmed."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from wellheard.interop.uploads import actions
from wellheard.people.access.person import person_of
from wellheard.people.staff.models import User


@task()
def import_upload(upload_id: int, user_id: int) -> None:
    """Import an upload on behalf of the person who confirmed it."""
    now = timezone.now()
    person = person_of(User.objects.get(pk=user_id), now=now)
    actions.import_upload(upload_id, by=person.actor, at=now)


def sweep_uploads(now: datetime) -> None:
    """Forget files after a day."""
    actions.sweep_uploads(now)
