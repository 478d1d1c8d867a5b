"""Groups that fare worse or better than others at the same places, overall or at one site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Contrast, contrasts_within
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import GROUPS
from wellheard.understand.findings.leads import Lead, Search, joint
from wellheard.understand.findings.publishing import visible_rows
from wellheard.understand.findings.rules import Claim, Finding, finding_policy, headlines, weight
from wellheard.understand.findings.scored import OVERALL, Scored, site_members
from wellheard.understand.findings.sharpened import TOGETHER, Sharpened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

_LOOSE_P, _SHOWN_P, _SEEN = 1e-2, 1e-3, 2.24
_MOST = 6
# The smaller group speaks for a difference when it is nearly as sure as the larger one.
_MINORITY = 0.5
_METHOD = "difference within places and months, weighted by what each place can tell"


@dataclass(frozen=True, slots=True)
class _Found:
    """One group's gap in one series; ``before``: what was found in it earlier and is taken out."""

    scored: Scored
    group: str
    value: str
    site: int
    contrast: Contrast
    before: tuple[_Found, ...]

    @property
    def about(self) -> tuple[str, str, int, bool]:
        return (self.group, self.value, self.site, self.contrast.estimate > 0)


@dataclass(frozen=True, slots=True)
class _Try:
    group: str
    site: int
    contrast: Contrast


def search_gaps(sharp: Sharpened) -> Search:
    """Differences between groups that place, month, wording and mode do not explain."""
    stories: dict[tuple[str, str, int, bool], list[_Found]] = defaultdict(list)
    tests = 0
    for scored in sharp.series:
        own, count = _search(scored)
        tests = max(tests, count)
        for found in own:
            stories[found.about].append(found)
    leads = []
    for same in _own_stories(stories.values()):
        p = joint(
            {
                each.scored.measure.code: (each.contrast.p, sharp.share(each.scored))
                for each in reversed(same)
            }
        )
        leads.append(Lead(p, partial(_tell, sharp, same, p)))
    return Search("gap", tests, leads)


def _own_stories(stories: Iterable[list[_Found]]) -> list[list[_Found]]:
    """Each with the surest first; without those that another series' surer one explains: the
    other side of the same gap, or the same gap at one site or everywhere."""
    kept: list[list[_Found]] = []
    ordered = [sorted(same, key=lambda found: -abs(found.contrast.z)) for same in stories]
    for same in sorted(ordered, key=lambda each: -abs(each[0].contrast.z)):
        known = {earlier.about for found in same for earlier in found.before}
        if not any(
            other[0].about not in known and _is_explained(same[0], other[0]) for other in kept
        ):
            kept.append(same)
    return kept


def _is_explained(found: _Found, by: _Found) -> bool:
    if found.group != by.group:
        return False
    if found.value == by.value:
        return found.about[3] == by.about[3]
    return found.site == by.site and found.about[3] != by.about[3]


def _tell(sharp: Sharpened, same: list[_Found], p: float, sure: bool) -> Finding | None:
    """By the plain measure that shows it best in answers that may be shown."""
    top = same[0]
    # What may be shown must be about as sure as what was found: else small cells carried it.
    borne_out = _published(top, top.scored)
    if borne_out is None or borne_out.p > _SHOWN_P:
        return None
    codes = {each.scored.measure.code for each in same}
    claims = []
    for code, scored in sharp.plain.items():
        if TOGETHER not in codes and code not in codes:
            continue
        contrast = _published(top, scored)
        worth = finding_policy().worth["gap"] * scored.stretch
        if contrast is None or abs(contrast.z) < _SEEN or abs(contrast.estimate) < worth:
            continue
        if ((contrast.estimate > 0) == scored.up_is_better) == (top.contrast.estimate > 0):
            claims.append(Claim((), code, contrast.z, (scored, contrast)))
    for claim, also in headlines(claims, OVERALL, finding_policy().headline_share):
        scored, contrast = claim.body
        return _finding(top, scored, contrast, also, p=p, sure=sure)
    return None


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
        left = _taken_out(left, found[-1], scored)
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


def _taken_out(left: Floats, found: _Found, scored: Scored) -> Floats:
    """What is left of a measure when one gap is closed in it."""
    codes = scored.group(found.group)
    inside = codes == found.contrast.level
    if found.site:
        inside = inside & np.isin(scored.place, site_members(scored.answers)[found.site])
    size = found.contrast.estimate
    if scored is not found.scored:
        own = _contrast_of(scored, left, _known(scored, found.group), found)
        size = own.estimate if own else 0.0
    return _centred(left - size * inside, scored.place)


def _centred(left: Floats, place: NDArray[np.int64]) -> Floats:
    sizes = np.bincount(place).astype(np.float64)
    sums = np.bincount(place, weights=left)
    return left - np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)[place]


def _published(found: _Found, scored: Scored) -> Contrast | None:
    """The gap in a measure, from answers that may be shown."""
    shown = visible_rows(scored, found.group, found.value, found.site)
    left = scored.by_place.left
    for earlier in found.before:
        left = _taken_out(left, earlier, scored)
    return _contrast_of(scored, left, _known(scored, found.group) & shown, found)


def _contrast_of(scored: Scored, left: Floats, used: Booleans, found: _Found) -> Contrast | None:
    values = scored.answers.groups[found.group][1]
    shape = (len(scored.answers.places), len(values))
    cell = scored.place[used] * shape[1] + scored.group(found.group)[used]
    sizes = _table(cell, np.ones(cell.size), shape)
    sums = _table(cell, left[used], shape)
    if found.site:
        members = site_members(scored.answers)[found.site]
        sums, sizes = sums[members], sizes[members]
    fewest = finding_policy().fewest_side
    own = contrasts_within(sums, sizes, scored.by_place.sd, fewest=fewest)
    return next((each for each in own if each.level == found.contrast.level), None)


def _finding(
    found: _Found,
    scored: Scored,
    contrast: Contrast,
    also: tuple[str, ...],
    *,
    p: float,
    sure: bool,
) -> Finding:
    measure = scored.measure
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
                               contrast, also, sure=sure),
        site=site if found.site else None,
        site_id=found.site or None,
        also=also,
        rank=weight(contrast.estimate / scored.stretch, finding_policy().worth["gap"] * 1.6,
                    reach=reach, months_ago=None, good=better),
        p=p,
        sure=sure,
        details={"n_others": contrast.n_others},
    )  # fmt: skip
