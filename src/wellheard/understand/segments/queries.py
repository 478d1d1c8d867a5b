"""Segments as they come out, made again, compared, and expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.queries import counts_by_group
from wellheard.understand.equity.rules import gaps_of, judged
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Counts, Month, Period, Slice
from wellheard.understand.scores.queries import measures, shipped_measures
from wellheard.understand.scores.rows import Rows, read_rows
from wellheard.understand.segments.models import SegmentForecast, SegmentVersion
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.rules import (
    ClusterPlan,
    Rules,
    SegmentError,
    check_clusters,
    check_rules,
    cluster_name,
    read_plan,
    read_rules,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Segments by who people are, are sized and judged by this measure's answers.
SIZED_BY = "rating"


def segment_period(until: date) -> Period:
    """The whole quarters that ended by ``until``."""
    return Period.ending(Month.containing(until).quarter, 3 * segment_policy().quarters)


def period_of(version: SegmentVersion) -> Period:
    """The months a version was made from."""
    return Period(Month.of(version.start), Month.of(version.stop))


def made(
    organisation_id: int,
    kind: str,
    definition: Mapping[str, Any],
    period: Period,
    known_at: datetime,
) -> dict[str, Any]:
    """What a definition gives: sizes, stability, checks, fingerprint. Raises SegmentError."""
    if kind == SegmentVersion.Kind.RULES:
        return _made_by_rules(organisation_id, read_rules(definition, segment_policy()), period)
    plan = read_plan(definition, segment_policy())
    return _made_by_clusters(organisation_id, plan, period, known_at)


# -- by rules: everything is a sum of groups that may be shown


def _made_by_rules(organisation_id: int, rules: Rules, period: Period) -> dict[str, Any]:
    item = shipped_measures()[SIZED_BY].item
    counts = segment_counts(organisation_id, rules, item, period)
    sizes = {name: counts[name].n for name in rules.names if name in counts}
    checks = check_rules(rules, sizes, segment_policy())
    return {
        "sizes": sizes,
        "checks": [_check(each) for each in checks],
        "under_served": _fare_worse(organisation_id, rules, period),
    }


def segment_counts(
    organisation_id: int, rules: Rules, item: str, period: Period
) -> dict[str, Counts]:
    """Answers of each segment: sums of its groups, only of groups that may be shown."""
    groups, _ = counts_by_group(organisation_id, item, rules.attribute, period)
    summed: dict[str, Counter[int]] = {}
    for group, counts in groups.items():
        summed.setdefault(rules.segment_of(group), Counter()).update(dict(counts.by_value))
    return {name: Counts.of(each) for name, each in summed.items()}


def _fare_worse(organisation_id: int, rules: Rules, period: Period) -> list[str]:
    """Segments whose overall rating is worse than the largest segment's, beyond chance."""
    measure = shipped_measures()[SIZED_BY]
    counts = segment_counts(organisation_id, rules, measure.item, period)
    low_below = load_policy().low_below
    page = gaps_of(measure, rules.attribute, counts, withheld=False, low_below=low_below)
    (found,) = judged([page], higher_is_better=True, false_discovery_rate=0.05)
    return [gap.group for gap in found.compared if gap.verdict == "worse"]


# -- by clusters of answers


@dataclass(frozen=True, slots=True)
class _Points:
    """People who answered every item: their ids, answers on 0-100, and who they are."""

    ids: NDArray[np.int64]
    points: NDArray[np.float64]
    rows: Rows
    kept: NDArray[np.bool_]


def _made_by_clusters(
    organisation_id: int, plan: ClusterPlan, period: Period, known_at: datetime
) -> dict[str, Any]:
    from wellheard.understand.segments import clusters

    policy = segment_policy()
    read = _points(organisation_id, plan, period, known_at)
    if len(read.ids) < policy.fewest_rows:
        raise SegmentError(
            f"items: fewer than {policy.fewest_rows} people answered all of these questions"
        )
    try:
        found = clusters.fit(read.points, plan.k, seed=plan.seed, starts=policy.starts)
    except clusters.ClusterError as error:
        raise SegmentError(f"k: {error}") from error
    steady = clusters.stability(read.points, found, seed=plan.seed, samples=policy.bootstraps)
    sizes = [int((found.labels == i).sum()) for i in range(plan.k)]
    proxies = _proxies(read, found.labels)
    return {
        "sizes": {cluster_name(i): _rounded(n) for i, n in enumerate(sizes)},
        "centres": [[round(float(x), 6) for x in centre] for centre in found.centres],
        "jaccard": [round(x, 3) for x in steady.jaccard],
        "rand": round(steady.rand, 3),
        "checks": [_check(each) for each in check_clusters(sizes, steady.jaccard, proxies, policy)],
        "fingerprint": clusters.fingerprint(read.ids, found.labels),
        "under_served": [cluster_name(plan.k - 1)],
    }


def _points(
    organisation_id: int, plan: ClusterPlan, period: Period, known_at: datetime | None
) -> _Points:
    import numpy as np

    scales = scales_of(organisation_id, plan.instrument, on=period.stop.first_day)
    unknown = [item for item in plan.items if item not in scales]
    if unknown:
        raise SegmentError(f"items: {', '.join(unknown)} cannot be asked about")
    rows = read_rows(organisation_id, plan.instrument, plan.items, period, known_at=known_at)
    columns = []
    for item in plan.items:
        low, high = scales[item]
        columns.append(100 * (rows.answers[item] - low) / (high - low))
    table = np.column_stack(columns)
    kept = np.asarray(~np.isnan(table).any(axis=1), np.bool_)
    return _Points(rows.ids[kept], table[kept], rows, kept)


def scales_of(organisation_id: int, instrument: str, *, on: date) -> dict[str, tuple[int, int]]:
    """The items of an instrument that are measured, with their scales."""
    prefix = f"{instrument}."
    return {
        each.item.removeprefix(prefix): each.scale
        for each in measures(organisation_id, on=on).values()
        if each.item.startswith(prefix)
    }


def _proxies(read: _Points, labels: NDArray[np.intp]) -> dict[str, float]:
    """How far the clusters stand in for each protected attribute, among who said."""
    import numpy as np

    from wellheard.understand.segments.clusters import cramers_v

    found = {}
    for name in segment_policy().protected:
        values = read.rows.who[name][read.kept]
        said = values != ""
        if said.any():
            _, codes = np.unique(values[said], return_inverse=True)
            found[name] = cramers_v(labels[said], codes)
    return found


def _rounded(n: int) -> int:
    """Rounded down, so that it cannot be subtracted from another table."""
    step = segment_policy().round_n_to
    return n // step * step


def _check(check: Any) -> dict[str, Any]:
    return {
        "code": check.code, "severity": check.severity, "about": check.about, "value": check.value
    }  # fmt: skip


# -- again, against the one before, and ahead


@dataclass(frozen=True, slots=True)
class Rerun:
    """A version made again from the same months. ``agreement``: adjusted Rand index when some
    people have been erased since or the answers changed; None where there is nothing to compare."""

    same: bool
    agreement: float | None


def rerun(version: SegmentVersion) -> Rerun:
    """Make the version again from what was known when it was made."""
    definition, period = version.definition, period_of(version)
    again = made(version.organisation_id, version.kind, definition, period, version.made_at)
    if version.kind == SegmentVersion.Kind.RULES:
        return Rerun(again["sizes"] == version.result["sizes"], None)
    if again["fingerprint"] == version.result["fingerprint"]:
        return Rerun(True, 1.0)
    return Rerun(False, _agreement(version, version.result["centres"], again["centres"], period))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A new version beside an old one. ``moved``: groups that changed segment (rules);
    ``agreement``: adjusted Rand index on the new months (clusters on the same questions)."""

    old: SegmentVersion
    new: SegmentVersion
    moved: tuple[tuple[str, str, str], ...]
    agreement: float | None
    comparable: bool


def compare(old: SegmentVersion, new: SegmentVersion) -> Comparison:
    """What changed between two versions."""
    if old.kind != new.kind:
        return Comparison(old, new, (), None, comparable=False)
    if new.kind == SegmentVersion.Kind.RULES:
        return _compare_rules(old, new)
    if old.definition["items"] != new.definition["items"]:
        return Comparison(old, new, (), None, comparable=False)
    agreement = _agreement(new, old.result["centres"], new.result["centres"], period_of(new))
    return Comparison(old, new, (), agreement, comparable=True)


def _compare_rules(old: SegmentVersion, new: SegmentVersion) -> Comparison:
    before = read_rules(old.definition, segment_policy())
    after = read_rules(new.definition, segment_policy())
    if before.attribute != after.attribute:
        return Comparison(old, new, (), None, comparable=False)
    groups = {g for rules in (before, after) for each in rules.segments for g in each.groups}
    moved = tuple(
        (group, before.segment_of(group), after.segment_of(group))
        for group in sorted(groups)
        if before.segment_of(group) != after.segment_of(group)
    )
    return Comparison(old, new, moved, None, comparable=True)


def _agreement(
    version: SegmentVersion, first: list[list[float]], second: list[list[float]], period: Period
) -> float | None:
    import numpy as np

    from wellheard.understand.segments.clusters import adjusted_rand, assign

    plan = read_plan(version.definition, segment_policy())
    read = _points(version.organisation_id, plan, period, None)
    if len(read.ids) < 2:
        return None
    return adjusted_rand(
        assign(read.points, np.array(first)), assign(read.points, np.array(second))
    )


def quarterly(organisation_id: int, rules: Rules, stop: Month) -> dict[str, list[int]]:
    """People of each segment who answered, by quarter up to ``stop``; hidden groups count as 0.

    A quarter in which a segment is hidden whole would be read as nobody, so only segments that
    show in every quarter come back.
    """
    count = segment_policy().history_quarters
    period = Period.ending(stop, 3 * count)
    item = shipped_measures()[SIZED_BY].item
    question = Slice(organisation_id, item, period, ("quarter", rules.attribute))  # type: ignore[arg-type]  # checked when the rules were read
    sizes: dict[str, Counter[int]] = {}
    for row in tabulate(question).rows:
        quarter, group = int(row.key[0]), str(row.key[1])
        sizes.setdefault(rules.segment_of(group), Counter())[quarter] += row.counts.n
    filled = {quarter for each in sizes.values() for quarter in each}
    quarters = [month.code for month in period.months[::3] if month.code in filled]
    return {
        name: [each[quarter] for quarter in quarters]
        for name, each in sorted(sizes.items())
        if all(each[quarter] for quarter in quarters)
    }


@dataclass(frozen=True, slots=True)
class Judged:
    """What a kept forecast said of one quarter, and what came."""

    segment: str
    quarter: int
    estimate: float
    low: float
    high: float
    actual: int | None

    @property
    def inside(self) -> bool | None:
        return None if self.actual is None else self.low <= self.actual <= self.high


def judged_forecast(kept: SegmentForecast, *, until: date) -> list[Judged]:
    """A kept forecast, scored against the quarters that have come since."""
    rules = read_rules(kept.segmentation.definition, segment_policy())
    stop = Month.containing(until).quarter
    found = []
    for line in kept.lines:
        for step, ahead in enumerate(line["ahead"]):
            quarter = Month.of(kept.from_quarter).plus(3 * step)
            actual = None
            if quarter < stop:
                period = Period(quarter, quarter.plus(3))
                item = shipped_measures()[SIZED_BY].item
                counts = segment_counts(kept.organisation_id, rules, item, period)
                actual = counts[line["segment"]].n if line["segment"] in counts else None
            estimate, low, high = ahead
            found.append(Judged(line["segment"], quarter.code, estimate, low, high, actual))
    return found
