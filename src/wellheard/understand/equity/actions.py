"""Noting what is done about a gap, and who lives in the area."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Site
from wellheard.understand.equity.models import GapAction, PopulationCount
from wellheard.understand.equity.policy import equity_policy


class GapActionError(ValueError):
    """What was noted makes no sense; the message says which part."""


@dataclass(frozen=True, slots=True)
class NewGapAction:
    """What is begun, for whom. ``site_id`` None: the whole organisation."""

    measure: str
    attribute: str
    group: str
    what: str
    owner: str
    started_on: date
    site_id: int | None = None


def note_gap_action(new: NewGapAction, *, by: Actor, by_name: str = "", at: datetime) -> GapAction:
    """Note what is begun to close a gap. Raises GapActionError."""
    if new.attribute not in equity_policy().attributes:
        raise GapActionError(f"attribute: there are {', '.join(equity_policy().attributes)}")
    if not new.what.strip() or not new.owner.strip():
        raise GapActionError("what and owner: say what is begun and who answers for it")
    if new.started_on > at.date():
        raise GapActionError("started_on: can be noted from the day it begins")
    with acting(by, at=at) as trail:
        sites = Site.objects.filter(organisation_id=by.organisation_id)
        if new.site_id is not None and not sites.filter(pk=new.site_id).exists():
            raise GapActionError("site: is not one of this organisation")
        action = GapAction.objects.create(
            organisation_id=by.organisation_id,
            site_id=new.site_id,
            measure=new.measure,
            attribute=new.attribute,
            group=new.group,
            what=new.what.strip(),
            owner=new.owner.strip(),
            started_on=new.started_on,
            noted_by=by.ref,
            noted_by_name=by_name,
            noted_at=at,
        )
        trail.write("gap_action_noted", action, measure=new.measure, attribute=new.attribute)
    return action


@dataclass(frozen=True, slots=True)
class NewPopulation:
    """One line of a population file."""

    attribute: str
    group: str
    people: int
    as_of: date
    source: str


def record_population(rows: Iterable[NewPopulation], *, by: Actor, at: datetime) -> int:
    """Keep population counts, replacing those of the same group. How many. Raises ValueError."""
    lines = list(rows)
    allowed = {*equity_policy().attributes, "site"}
    for line in lines:
        if line.attribute not in allowed:
            raise ValueError(
                f"attribute {line.attribute!r}: there are {', '.join(sorted(allowed))}"
            )
        if line.people < 0 or not line.source.strip():
            raise ValueError(f"{line.attribute} {line.group}: needs a count and a source")
    with acting(by, at=at) as trail:
        PopulationCount.objects.bulk_create(
            [
                PopulationCount(
                    organisation_id=by.organisation_id,
                    attribute=line.attribute,
                    group=line.group,
                    people=line.people,
                    as_of=line.as_of,
                    source=line.source.strip(),
                )
                for line in lines
            ],
            batch_size=1000,
            update_conflicts=True,
            update_fields=["people", "as_of", "source"],
            unique_fields=["organisation", "attribute", "group"],
        )
        trail.write(
            "population_recorded", ("understand.populationcount", "batch"), count=len(lines)
        )
    return len(lines)
