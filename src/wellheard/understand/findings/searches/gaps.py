"""Groups that fare worse or better than others at the same places, overall or at one site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Contrast, contrasts_within
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import GROUPS
from wellheard.understand.findings.publishing import visible_rows
from wellheard.understand.findings.rules import (
    Claim,
    Finding,
    finding_policy,
    headlines,
    passing,
    weight,
)
from wellheard.understand.findings.scored import OVERALL, Scored, site_members

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

_LOOSE_P = 1e-3
_MOST = 6
# The smaller group speaks for a difference when it is nearly as sure as the larger one.
_MINORITY = 0.5
_METHOD = "difference within places and months, weighted by what each place can tell"


@dataclass(frozen=True, slots=True)
class _Found:
    scored: Scored
    group: str
    value: str
    site: int
    contrast: Contrast
    # What was found in this measure before, and is taken out of it.
    before: tuple[_Found, ...]


@dataclass(frozen=True, slots=True)
class _Try:
    group: str
    site: int
    contrast: Contrast


def find_gaps(all_scored: list[Scored]) -> Iterator[Finding]:
    """Differences between groups that place, month, wording and mode do not explain."""
    found: list[_Found] = []
    tests = 0
    for scored in all_scored:
        own, count = _search(scored)
        found += own
        tests += count
    kept = passing([each.contrast.p for each in found], tests, finding_policy().false_discovery)
    claims = [
        Claim((each.group, each.value, each.site), each.scored.measure.code, each.contrast.z, each)
        for each, holds in zip(found, kept, strict=True)
        if holds
    ]
    for claim, also in headlines(claims, OVERALL, finding_policy().headline_share):
        published = _published(claim.body)
        if published is not None:
            yield _finding(claim.body, published, also)


def _search(scored: Scored) -> tuple[list[_Found], int]:
    """One gap after the other, the surest first, each taken out before the next is sought."""
    left = scored.by_place.left.copy()
    sites = site_members(scored.answers)
    known = {name: _known(scored, name) for name in GROUPS}
    found: list[_Found] = []
    tests = 0
    for turn in range(_MOST):
        tries = [one for name in GROUPS for one in _tries(scored, left, name, known[name], sites)]
        tests = tests if turn else len(tries)
        if not tries:
            break
        best = _spoken_for(tries, worse_down=scored.up_is_better)
        if best.contrast.p > _LOOSE_P:
            break
        values = scored.answers.groups[best.group][1]
        value = values[best.contrast.level]
        found.append(_Found(scored, best.group, value, best.site, best.contrast, tuple(found)))
        left = _taken_out(left, found[-1])
    return found, tests


def _known(scored: Scored, name: str) -> Booleans:
    values = scored.answers.groups[name][1]
    unknown = finding_policy().not_groups
    is_known = np.array([value.strip().casefold() not in unknown for value in values], bool)
    return is_known[scored.group(name)]


def _tries(
    scored: Scored,
    left: Floats,
    name: str,
    known: Booleans,
    sites: Mapping[int, NDArray[np.int64]],
) -> Iterator[_Try]:
    values = scored.answers.groups[name][1]
    shape = (len(scored.answers.places), len(values))
    cell = scored.place[known] * shape[1] + scored.group(name)[known]
    sizes = _table(cell, np.ones(cell.size), shape)
    sums = _table(cell, left[known], shape)
    fewest = finding_policy().fewest_side
    sd = scored.by_place.sd
    for contrast in contrasts_within(sums, sizes, sd, fewest=fewest):
        yield _Try(name, 0, contrast)
    for site, members in sites.items():
        for contrast in contrasts_within(sums[members], sizes[members], sd, fewest=fewest):
            yield _Try(name, site, contrast)


def _table(cell: NDArray[np.int64], values: Floats, shape: tuple[int, int]) -> Floats:
    """Sums of values by cell, as a table of places by levels."""
    sums = np.bincount(cell, weights=values, minlength=shape[0] * shape[1])
    return np.asarray(sums.reshape(shape), np.float64)


def _spoken_for(tries: list[_Try], *, worse_down: bool) -> _Try:
    """The surest gap; of two sides of one gap the smaller group's, of two groups the worse."""
    best = max(tries, key=lambda one: abs(one.contrast.z))
    same = [one for one in tries if (one.group, one.site) == (best.group, best.site)]
    if best.contrast.n <= best.contrast.n_others and len(same) > 2:
        return best
    if len(same) == 2:
        return next((one for one in same if _is_worse(one, worse_down=worse_down)), best)
    other_side = [
        one
        for one in same
        if one.contrast.z * best.contrast.z < 0
        and abs(one.contrast.z) >= _MINORITY * abs(best.contrast.z)
    ]
    return max(other_side, key=lambda one: abs(one.contrast.z), default=best)


def _is_worse(one: _Try, *, worse_down: bool) -> bool:
    return (one.contrast.z < 0) == worse_down


def _taken_out(left: Floats, found: _Found) -> Floats:
    """What is left when one gap is closed."""
    scored = found.scored
    inside = scored.group(found.group) == found.contrast.level
    if found.site:
        inside = inside & np.isin(scored.place, site_members(scored.answers)[found.site])
    return _centred(left - found.contrast.estimate * inside, scored.place)


def _centred(left: Floats, place: NDArray[np.int64]) -> Floats:
    sizes = np.bincount(place).astype(np.float64)
    sums = np.bincount(place, weights=left)
    return left - np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)[place]


def _published(found: _Found) -> Contrast | None:
    """The gap from answers that may be shown, when it still holds and is worth a word."""
    scored = found.scored
    shown = visible_rows(scored, found.group, found.value, found.site)
    known = _known(scored, found.group) & shown
    values = scored.answers.groups[found.group][1]
    level = values.index(found.value)
    shape = (len(scored.answers.places), len(values))
    cell = scored.place[known] * shape[1] + scored.group(found.group)[known]
    sizes = _table(cell, np.ones(cell.size), shape)
    left = scored.by_place.left
    for earlier in found.before:
        left = _taken_out(left, earlier)
    sums = _table(cell, left[known], shape)
    if found.site:
        members = site_members(scored.answers)[found.site]
        sums, sizes = sums[members], sizes[members]
    fewest = finding_policy().fewest_side
    own = [c for c in contrasts_within(sums, sizes, scored.by_place.sd, fewest=fewest)
           if c.level == level]  # fmt: skip
    worth = finding_policy().worth["gap"] * scored.stretch
    # What may be shown must be about as sure as what was found: else small cells carried it.
    if not own or abs(own[0].estimate) < worth or own[0].p > _LOOSE_P:
        return None
    return own[0]


def _finding(found: _Found, contrast: Contrast, also: tuple[str, ...]) -> Finding:
    scored, measure = found.scored, found.scored.measure
    better = (contrast.estimate > 0) == scored.up_is_better
    site = next((w.site for w in scored.answers.places if w.site_pk == found.site), None)
    reach = contrast.n / max(1, scored.n)
    return Finding(
        kind="gap",
        place=site if found.site else None,
        measure=measure.code,
        group=f"{found.group}={found.value}",
        direction="better" if better else "worse",
        start_on=None,
        estimate=contrast.estimate,
        low=contrast.low,
        high=contrast.high,
        n=contrast.n,
        method=_METHOD,
        verdict="better" if better else "worse",
        sentence=sentences.gap(site if found.site else None, measure, found.group, found.value,
                               contrast, also),
        site=site if found.site else None,
        site_id=found.site or None,
        also=also,
        rank=weight(contrast.estimate / scored.stretch, finding_policy().worth["gap"] * 1.6,
                    reach=reach, months_ago=None, good=better),
        p=contrast.p,
        details={"n_others": contrast.n_others},
    )  # fmt: skip
