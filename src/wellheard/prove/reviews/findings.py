"""What a week's analysis found: the findings as they stood when the week began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from wellheard.prove.reviews.rules import Found
from wellheard.understand.findings.queries import look as search
from wellheard.understand.findings.rules import Finding


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, the most important first, and among how many series."""

    found: tuple[Found, ...]
    looked_at: int


def look(organisation_id: int, *, until: date) -> Looked:
    """Everything that was answered and said before the day ``until``."""
    searched = search(organisation_id, until=until - timedelta(days=1))
    return Looked(tuple(map(_kept, searched.found)), searched.looked_at)


def _kept(finding: Finding) -> Found:
    where = "" if finding.place_id or not finding.site else finding.site
    parts = (finding.measure, finding.group, where)
    return Found(
        place_id=finding.place_id,
        kind=finding.kind,
        subject="|".join(part for part in parts if part)[:160],
        says=finding.sentence[:600],
        data=finding.as_dict(),
    )
