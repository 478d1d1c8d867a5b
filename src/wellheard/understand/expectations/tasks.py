"""What runs by itself: scanning the quarter that is over, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.people.places.models import Organisation
from wellheard.understand.expectations.actions import scan_quarter
from wellheard.understand.expectations.models import ExpectationScan
from wellheard.understand.expectations.queries import has_comments, last_quarter

# What was said in a quarter's last days is read and imported by then.
_GRACE = timedelta(days=3)


def scan_again(now: datetime) -> None:
    """Scan the last whole quarter of every organisation that has none of it yet."""
    quarter = last_quarter(now - _GRACE)
    for organisation in Organisation.objects.order_by("pk"):
        scans = ExpectationScan.objects.filter(organisation=organisation, quarter=quarter.code)
        if not scans.exists() and has_comments(organisation.pk, quarter):
            by = Actor.system(organisation.pk, "expectations")
            scan_quarter(quarter, by=by, at=now)
