"""What runs by itself: counting trouble again when something new was said."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.people.places.models import Organisation
from wellheard.understand.dissatisfaction.models import TroubleCount
from wellheard.understand.findings.queries import newest_said


def count_again(now: datetime) -> None:
    """Count each organisation that has something newer than its last count."""
    for organisation in Organisation.objects.order_by("pk"):
        said = newest_said(organisation.pk)
        counts = TroubleCount.objects.filter(organisation=organisation)
        if said is not None and not counts.filter(made_at__gte=said).exists():
            # Counting takes numpy, which a worker that has nothing to count need not carry.
            from wellheard.understand.dissatisfaction.actions import count_trouble

            by = Actor.system(organisation.pk, "dissatisfaction")
            count_trouble(organisation.pk, by=by, at=now)
