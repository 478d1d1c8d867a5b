"""Letters and the formats they are wanted in."""

from __future__ import annotations

from django.db.models import QuerySet

from wellheard.people.access.person import Person
from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.formats.models import WantedFormat


def letters_seen_by(person: Person) -> QuerySet[LetterDispatch]:
    """Letters that were not called back, of cases the person may read."""
    cases = Case.objects.visible_to(person)
    rows = LetterDispatch.objects.filter(case__in=cases, called_back_at__isnull=True)
    return rows.select_related("case", "letter", "organisation").order_by("-at", "-pk")


def waiting_formats(person: Person) -> list[WantedFormat]:
    """Formats that wait for somebody, what is due first on top."""
    waiting = WantedFormat.objects.filter(
        made_at=None, dispatch__case__in=Case.objects.visible_to(person)
    )
    return list(waiting.select_related("dispatch__case", "dispatch__letter")[:200])
