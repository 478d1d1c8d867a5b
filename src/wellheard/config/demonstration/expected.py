"""What people newly ask for: an app for the queue, planted in the last whole quarter."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

from wellheard.config.demonstration.people import Hospital
from wellheard.listen.intake.actions import NewComment, receive_comments
from wellheard.understand.expectations.actions import choose, scan_quarter
from wellheard.understand.expectations.queries import last_quarter

_ASKED = (
    "I wish there was an app that tells me how many people are before me.",
    "You need an app for the queue, I did not dare to go to the toilet.",
    "An app with my place in the queue would be so helpful.",
    "Please make an app for the queue. We sat two hours without a word.",
    "Why is there no app for the queue, like at the bank?",
    "Debería haber una aplicación que diga cuánto falta en la cola.",
    "Lovely nurse, but no app to see my place in the queue.",
    "It would be great to follow the queue on an app from the cafe.",
)
_TIMES = 3


def ask_for_an_app(hospital: Hospital, now: datetime) -> int:
    """Comments that ask for it, over the last whole quarter. How many."""
    random_ = random.Random(47)
    quarter = last_quarter(now)
    first = datetime(quarter.year, quarter.number, 2, 15, tzinfo=UTC)
    clinics = [place for place in hospital.places if place.kind == "clinic"]
    rows = [
        NewComment(
            organisation=hospital.organisation,
            source="card",
            text=text,
            place=random_.choice(clinics),
            received_at=first + timedelta(days=random_.randrange(85), hours=random_.randrange(5)),
            language="es" if text.startswith("Deber") else "en",
            rating=random_.choice((2, 3, 4)),
            rating_max=5,
        )
        for text in _ASKED * _TIMES
    ]  # fmt: skip
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-expected")
    receive_comments(rows, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now)
    return len(rows)


def scan_two_quarters(hospital: Hospital, now: datetime) -> int:
    """The scans of the last two whole quarters, one find decided. How many finds."""
    newest = last_quarter(now)
    scans = [scan_quarter(quarter, by=hospital.by, at=now) for quarter in (newest.plus(-3), newest)]
    asked = scans[-1].finds.filter(kind="tool").first()
    if asked is not None:
        choose(asked, "act", owner="Head of digital", why="Asked for in every clinic",
               by=hospital.by, by_name="Leila Haddad", at=now)  # fmt: skip
    return sum(scan.finds.count() for scan in scans)
