"""Pure: what the searches bring, and which of it is told. One sieve for all kinds.

Every kind has a share of the chance to err, divided among its tests; all leads then pass
Benjamini and Hochberg together, weighted so (Genovese, Roeder and Wasserman, Biometrika 2006;
93:509). Where nothing is there, that many hospitals of a hundred are told something; where much is
there, that part of what is told is chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wellheard.understand.findings.rules import Finding, finding_policy


@dataclass(frozen=True, slots=True)
class Lead:
    """A story that may be told: ``p`` counts everything that was tried for its place or group.

    ``tell``: makes the finding, None when what may be shown does not bear it out; ``sure``: whether
    it would stand where one of a hundred hospitals is told something false.
    """

    p: float
    tell: Callable[[bool], Finding | None]


@dataclass(frozen=True, slots=True)
class Search:
    """One kind's leads, and among how many places or groups they were sought."""

    kind: str
    tests: int
    leads: Sequence[Lead]


def told(searches: Iterable[Search]) -> Iterator[Finding]:
    """The findings of all leads that pass, the surest first."""
    policy = finding_policy()
    pairs = [
        (lead, spent(lead.p, search.tests, policy.shares[search.kind]))
        for search in searches
        for lead in search.leads
    ]
    pairs.sort(key=lambda pair: pair[1])
    kept = pairs[: passed([used for _, used in pairs], policy.false_discovery)]
    for lead, used in kept:
        finding = lead.tell(used <= policy.sure)
        if finding is not None:
            yield finding


def spent(p: float, tests: int, share: float) -> float:
    """The chance to err that telling this alone would take up, over all kinds."""
    return p * max(1, tests) / share


def passed(used: Sequence[float], rate: float) -> int:
    """How many pass, of chances in ascending order: the last that is below its rank's."""
    return max((rank for rank, each in enumerate(used, start=1) if each <= rate * rank), default=0)


def joint(chances: Mapping[str, tuple[float, float]]) -> float:
    """p of a story told by several series, each (p, its share): the surest counts for all."""
    return min([1.0, *(p / share for p, share in chances.values())])
