"""Our market from the kept files, and the names of hospitals where they are known."""

from __future__ import annotations

from collections.abc import Iterable

from wellheard.understand.benchmarks.models import BenchmarkEntity
from wellheard.understand.share.models import ShareCell, ShareFile
from wellheard.understand.share.policy import share_policy
from wellheard.understand.share.rules import Cell, Market, Room, market_of


def files_in_force(organisation_id: int) -> list[ShareFile]:
    """The newest file of each of the last years, oldest year first."""
    of_year = {
        each.year: each for each in ShareFile.objects.filter(organisation_id=organisation_id)
    }
    return [of_year[year] for year in sorted(of_year)][-share_policy().years :]


def market(organisation_id: int) -> Market | None:
    """Our share of the primary service area. None before a file is kept."""
    policy, files = share_policy(), files_in_force(organisation_id)
    cells: dict[int, list[Cell]] = {each.year: [] for each in files}
    rows = ShareCell.objects.filter(file__in=files)
    fields = ("file__year", "hospital", "area", "cases", "days")
    for year, hospital, area, cases, days in rows.values_list(*fields):
        cells[year].append(Cell(hospital, area, cases, days))
    return market_of(
        cells,
        {each.year: frozenset(each.ours) for each in files},
        part=policy.part,
        room=Room(policy.hidden_least, policy.hidden_most),
    )


def hospital_names(organisation_id: int, codes: Iterable[str]) -> dict[str, str]:
    """Names from the published results that were loaded; a number where there is none."""
    wanted = {code for code in codes if code}
    known = BenchmarkEntity.objects.filter(
        organisation_id=organisation_id, level=BenchmarkEntity.Level.HOSPITAL, code__in=wanted
    )
    names = {code: name for code, name in known.values_list("code", "name") if name}
    return {code: names.get(code, code) for code in wanted}
