"""Pure: what a segmentation says, whether it is fair to use, and who comes out on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from wellheard.measures.equity import benjamini_hochberg
from wellheard.understand.equity.rules import difference_of
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.rules import Measure, Score, score_of
from wellheard.understand.segments.policy import Criterion, SegmentPolicy

REST = "rest"


class SegmentError(ValueError):
    """A segmentation, or a decision about it, that cannot stand; the message says which part."""


@dataclass(frozen=True, slots=True)
class RuleSegment:
    """People of some groups of the version's one attribute."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Segments by one attribute; whoever is in none of the groups is the rest.

    One attribute only: what is counted by two at once could be somebody.
    """

    attribute: str
    segments: tuple[RuleSegment, ...]

    def segment_of(self, group: str) -> str:
        """The segment of a group of people."""
        found = (each.name for each in self.segments if group in each.groups)
        return next(found, REST)

    @property
    def names(self) -> tuple[str, ...]:
        return (*(each.name for each in self.segments), REST)


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """Clusters of people by their answers to some items of one instrument."""

    instrument: str
    items: tuple[str, ...]
    k: int
    seed: int


def read_rules(data: Mapping[str, Any], policy: SegmentPolicy) -> Rules:
    """Rules of a definition. Raises SegmentError."""
    attribute = str(data.get("attribute", ""))
    if attribute not in policy.protected:
        raise SegmentError(f"attribute: there are {', '.join(policy.protected)}")
    segments = tuple(
        RuleSegment(str(each["name"]).strip(), tuple(map(str, each["groups"])))
        for each in data.get("segments", ())
    )
    if not segments:
        raise SegmentError("segments: name at least one")
    if any(not each.name or not each.groups for each in segments):
        raise SegmentError("segments: each needs a name and at least one group")
    names = [each.name for each in segments]
    groups = [group for each in segments for group in each.groups]
    if len(set(names)) < len(names) or REST in names:
        raise SegmentError("segments: each name once, and none called rest")
    if len(set(groups)) < len(groups):
        raise SegmentError("segments: a group is in two segments")
    return Rules(attribute, segments)


def read_plan(data: Mapping[str, Any], policy: SegmentPolicy) -> ClusterPlan:
    """A cluster definition. Raises SegmentError."""
    plan = ClusterPlan(
        str(data.get("instrument", "")),
        tuple(map(str, data.get("items", ()))),
        int(data.get("k", 0)),
        int(data.get("seed", 0)),
    )
    if len(set(plan.items)) < 2 or len(set(plan.items)) < len(plan.items):
        raise SegmentError("items: name at least two, each once")
    if not 2 <= plan.k <= policy.most_clusters:
        raise SegmentError(f"k: between 2 and {policy.most_clusters}")
    return plan


Severity = Literal["stop", "attention", "good"]


@dataclass(frozen=True, slots=True)
class Check:
    """One question of the ethics check: what was looked at, how it came out."""

    code: Literal["protected", "purpose", "small", "proxy", "stable"]
    severity: Severity
    about: str = ""
    value: float | None = None


def check_rules(rules: Rules, sizes: Mapping[str, int], policy: SegmentPolicy) -> list[Check]:
    """Rules tell people apart by who they are: that is said, and no segment may be too small."""
    small = [
        Check("small", "stop", name)
        for name in rules.names
        if name != REST and sizes.get(name, 0) < policy.smallest_segment
    ]
    return [Check("protected", "attention", rules.attribute), *small]


def check_clusters(
    sizes: Sequence[int],
    jaccard: Sequence[float],
    proxies: Mapping[str, float],
    policy: SegmentPolicy,
) -> list[Check]:
    """Clusters must be large and stable, and must not stand in for who people are."""
    checks = [
        Check("small", "stop", cluster_name(i))
        for i, size in enumerate(sizes)
        if size < policy.smallest_segment
    ]
    checks += [
        Check("stable", stability_of(value, policy), cluster_name(i), round(value, 2))
        for i, value in enumerate(jaccard)
    ]
    return checks + [
        Check("proxy", "attention" if value >= policy.proxy_from else "good", name, round(value, 2))
        for name, value in proxies.items()
    ]


def stability_of(jaccard: float, policy: SegmentPolicy) -> Severity:
    """Good, doubtful, or not to be used."""
    if jaccard >= policy.stable_from:
        return "good"
    return "attention" if jaccard >= policy.doubtful_from else "stop"


def cluster_name(position: int) -> str:
    """A, B, C, the best answers first."""
    return chr(ord("A") + position)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A segment with its weighted score, 0 to 5."""

    segment: str
    score: float
    chosen: bool
    under_served: bool


def ranked(
    scores: Mapping[str, Mapping[str, float]],
    criteria: Sequence[Criterion],
    *,
    chosen: Sequence[str],
    under_served: Sequence[str],
) -> list[Ranked]:
    """Segments by their weighted score, best first. Raises SegmentError for a missing score."""
    found = []
    for segment, given in scores.items():
        for each in criteria:
            if not 0 <= given.get(each.code, -1) <= 5:
                raise SegmentError(f"{segment}: score {each.title} from 0 to 5")
        total = sum(each.weight * given[each.code] for each in criteria)
        found.append(Ranked(segment, total, segment in chosen, segment in under_served))
    return sorted(found, key=lambda each: (-each.score, each.segment))


def check_decision(
    segments: Sequence[str], chosen: Sequence[str], under_served: Sequence[str], safeguard: str
) -> None:
    """No pursuing by neglect: who is under-served and not chosen needs a safeguard.

    Raises SegmentError.
    """
    if not chosen or not set(chosen) <= set(segments):
        raise SegmentError("chosen: name at least one segment of this version")
    left_out = [each for each in under_served if each not in chosen]
    if left_out and len(safeguard.strip()) < 20:
        raise SegmentError(
            f"safeguard: {', '.join(left_out)} fare worse and are not chosen; say in a sentence "
            "what protects them"
        )


# -- what each segment needs

NeedVerdict = Literal["worse", "better", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Need:
    """One measure (or theme) of one segment against everybody else who may be shown.

    ``difference`` in points with its interval; None where there is nobody else to set it against.
    """

    segment: str
    measure: Measure
    score: Score
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    verdict: NeedVerdict = "cannot_tell"


def needs_of(
    asked: Sequence[tuple[Measure, Mapping[str, Counts]]],
    *,
    low_below: int,
    false_discovery_rate: float,
) -> list[Need]:
    """Every segment on every measure, all comparisons of the page judged together."""
    needs = [
        _need(measure, segment, counts, low_below)
        for measure, counts in asked
        for segment in counts
        if counts[segment].n
    ]
    tests = [need.p for need in needs if need.p is not None]
    adjusted = iter(benjamini_hochberg(tests)) if tests else iter(())
    return [
        need if need.p is None else _judged(need, next(adjusted), false_discovery_rate)
        for need in needs
    ]


def _need(measure: Measure, segment: str, counts: Mapping[str, Counts], low_below: int) -> Need:
    own, others = counts[segment], Counter[int]()
    for name, each in counts.items():
        if name != segment:
            others.update(dict(each.by_value))
    found = Need(segment, measure, score_of(measure, own, low_below=low_below))
    if not others.total():
        return found
    difference, low, high, p = difference_of(measure, own, Counts.of(others))
    return replace(found, difference=difference, low=low, high=high, p=p)


def _judged(need: Need, p: float, rate: float) -> Need:
    if p > rate or not need.difference:
        return need
    is_better = (need.difference > 0) == (need.measure.direction == "increase")
    return replace(need, verdict="better" if is_better else "worse")


def foremost(needs: Sequence[Need], most: int) -> list[Need]:
    """Whatever is worse than elsewhere, the widest gap first, then the least good up to ``most``.

    Only shares are put in order of how good they are: other figures have scales of their own.
    """
    worse = [need for need in needs if need.verdict == "worse"]
    worse.sort(key=lambda need: (-abs(need.difference or 0), need.measure.code))
    rest = [n for n in needs if n.verdict != "worse" and n.measure.statistic == "top_box"]
    rest.sort(key=lambda n: (_goodness(n), n.measure.code))
    return worse + rest[: max(0, most - len(worse))]


def _goodness(need: Need) -> float:
    sign = 1 if need.measure.direction == "increase" else -1
    return sign * need.score.estimate
