"""The metric catalogue as it stands, and scores."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from wellheard.listen.surveys.instruments import codes, version_marks
from wellheard.people.places.models import Organisation
from wellheard.people.places.queries import merges_of
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Counts, Period, Slice, Where
from wellheard.understand.scores.models import MeasureProposal
from wellheard.understand.scores.rules import Measure, Score, read_measure, score_of

_SHIPPED = Path(__file__).with_name("data") / "measures-2026-11.json"


class NoMeasureError(LookupError):
    """There is no measure of this code."""


@cache
def shipped_measures() -> Mapping[str, Measure]:
    """The measures that come with the product, by code, in their order."""
    page = json.loads(_SHIPPED.read_text("utf-8"))
    return {row["code"]: read_measure(row) for row in page["measures"]}


def measures(organisation_id: int, *, on: date) -> Mapping[str, Measure]:
    """The catalogue of an organisation on a day: what is shipped, with its approved changes."""
    found = dict(shipped_measures())
    approved = MeasureProposal.objects.filter(
        organisation_id=organisation_id, decision__approved=True, effective_from__lte=on
    )
    for proposal in approved.order_by("version"):
        found[proposal.code] = read_measure(proposal.definition)
    return found


def measure(organisation_id: int, code: str, *, on: date) -> Measure:
    """One measure as it stands on a day. Raises NoMeasureError."""
    try:
        return measures(organisation_id, on=on)[code]
    except KeyError:
        raise NoMeasureError(code) from None


def history(organisation_id: int, code: str) -> list[MeasureProposal]:
    """Every change ever proposed to a measure, newest first."""
    rows = MeasureProposal.objects.filter(organisation_id=organisation_id, code=code)
    return list(rows.select_related("decision__decided_by", "proposed_by").order_by("-version"))


@dataclass(frozen=True, slots=True)
class Seam:
    """A day from which a trend means something else: the question or the measure changed, or
    (``of_place``) the place did."""

    day: date
    mark: str
    why: str
    of_place: bool = False


def seams(
    organisation_id: int, what: Measure, *, places: Collection[int] | None = None
) -> list[Seam]:
    """Where a measure's trend must be marked, oldest first; ``places``: of these alone, where
    others were merged into them."""
    code, _, item = what.item.partition(".")
    found = []
    if code in codes(organisation_id):
        marks = version_marks(code, item, organisation_id=organisation_id)
        found = [
            Seam(date.fromisoformat(m.effective_from), f"q{m.version}", m.change) for m in marks
        ]
    approved = MeasureProposal.objects.filter(
        organisation_id=organisation_id, code=what.code, decision__approved=True
    )
    found += [Seam(each.effective_from, f"m{each.version}", each.reason) for each in approved]
    if places is not None:
        merged = merges_of(organisation_id, into=places)
        found += [
            Seam(each.day, f"p{number}", each.old.name, of_place=True)
            for number, each in enumerate(merged, start=1)
            if each.old_id not in places
        ]
    return sorted(found, key=lambda seam: (seam.day, seam.mark))


def score(
    organisation_id: int, what: Measure, period: Period, where: Where | None = None
) -> Score | None:
    """The measure over a period; None when nobody, or too few, answered."""
    question = Slice(organisation_id, what.item, period, (), where or Where())
    return scored(what, tabulate(question).total)


def scored(what: Measure, counts: Counts) -> Score | None:
    """The score of counted answers; None when there are none."""
    if counts.n == 0:
        return None
    return score_of(what, counts, low_below=load_policy().low_below)


def organisation_day(organisation_id: int, now: datetime) -> date:
    """What day it is where the organisation keeps its books."""
    zone = Organisation.objects.values_list("zone", flat=True).get(pk=organisation_id)
    return now.astimezone(ZoneInfo(zone)).date()
