"""What runs by itself: searching again when something new was said."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.people.places.models import Organisation
from wellheard.understand.findings.actions import keep_findings
from wellheard.understand.findings.queries import newest_run, newest_said


def look_again(now: datetime) -> None:
    """Search each organisation that has something newer than its last search."""
    for organisation in Organisation.objects.order_by("pk"):
        said, run = newest_said(organisation.pk), newest_run(organisation.pk)
        if said is not None and (run is None or said > run.made_at):
            keep_findings(organisation.pk, by=Actor.system(organisation.pk, "findings"), at=now)
