# ruff: noqa: E402
"""Are planted truths found, and is noise left alone? Random hospitals, unlike the demonstration.

    python bench/findings.py power   --seeds 101-130
    python bench/findings.py noise   --seeds 201-260
    python bench/findings.py whole   --seeds 301-360
    python bench/findings.py speed   --rows 60000,1000000

Thresholds are first choices set by hand; RESULTS-findings.md says what was measured. Answers are drawn into
columns. ``whole``: changes of everybody, which only hospitals with a year and a half tell.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter, defaultdict
from dataclasses import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
os.environ.setdefault("WELLHEARD_MODE", "test")
os.environ.setdefault("WELLHEARD_HOME", "/tmp/wellheard-bench-findings")

import django

django.setup()

import numpy as np

from wellheard.measures.intervals import wilson
from wellheard.understand.findings.answers import Answers
from wellheard.understand.findings.leads import told
from wellheard.understand.findings.renames import joined
from wellheard.understand.findings.rules import Finding
from wellheard.understand.findings.scored import scored_measures
from wellheard.understand.findings.searches import find_among
from wellheard.understand.findings.searches.drivers import find_drivers
from wellheard.understand.findings.searches.gaps import search_gaps
from wellheard.understand.findings.searches.levels import search_levels
from wellheard.understand.findings.searches.peaks import search_peaks
from wellheard.understand.findings.sharpened import sharpened
from wellheard.understand.findings.tests.hospitals import (
    ITEMS,
    Plan,
    Truth,
    draw,
    month_start,
    random_plan,
)
from wellheard.understand.scores.queries import shipped_measures

MOST = 60_000


def search(plan: Plan) -> list[Finding]:
    """Everything that is found without a database."""
    answers, _ = joined(draw(plan))
    scored = list(scored_measures(answers, shipped_measures()))
    return [*find_among(scored), *find_drivers(scored)]


def planted(seed: int) -> Plan:
    """A random hospital with one truth of each kind, of random size."""
    plan = random_plan(seed)
    plan = replace(plan, responses=min(plan.responses, MOST))
    rng = np.random.default_rng(seed + 7)
    plan = replace(plan, responses=max(plan.responses, plan.places * 150))
    answers = draw(replace(plan, renamed=None))
    sizes = np.bincount(answers.place, minlength=plan.places)
    large = [int(p) for p in np.argsort(-sizes)[: max(3, plan.places // 2)]]
    chosen = [large[int(i)] for i in rng.choice(len(large), 3, replace=False)]
    sign = int(rng.choice([-1, 1]))
    group = [("language", "es"), ("payer", "Medicaid"), ("age_band", "18-39"), ("sex", "female"),
             ("ethnicity", "Black")][int(rng.integers(5))]  # fmt: skip
    item = ITEMS[int(rng.integers(len(ITEMS)))]
    truths = [
        Truth("shift", place=chosen[0], month=int(plan.months * rng.uniform(0.35, 0.75)),
              size=sign * float(rng.uniform(0.5, 0.9)), item=item if rng.random() < 0.5 else ""),
        Truth("trend", place=chosen[1], size=-sign * float(rng.uniform(0.6, 1.0))),
        Truth("gap", group=group, size=-float(rng.uniform(0.25, 0.5)),
              site=int(rng.integers(plan.sites)) if plan.sites > 1 and rng.random() < 0.5 else None),
        Truth("peak", place=chosen[2], weekday=int(rng.integers(7)), size=-1.3,
              item=item if rng.random() < 0.5 else ""),
        Truth("driver", item=item, size=0.8),
    ]  # fmt: skip
    if plan.months < 10:
        truths = [t for t in truths if t.kind != "trend"]
    return replace(plan, truths=tuple(truths), renamed=None)


def is_of(finding: Finding, truth: Truth, plan: Plan) -> bool:
    """Whether a finding tells this truth."""
    name = f"Unit {truth.place + 1}" if truth.place is not None else None
    if truth.kind in ("shift", "trend"):
        return (
            finding.kind in ("shift", "trend")
            and finding.place == name
            and ((finding.estimate > 0) == (truth.size > 0))
        )
    if truth.kind == "gap":
        return (
            finding.kind == "gap"
            and truth.group is not None
            and (finding.group.startswith(truth.group[0] + "="))
        )
    if truth.kind == "peak":
        return finding.kind == "peak" and finding.place == name
    return finding.kind == "driver" and finding.measure == truth.item


def is_built_in(finding: Finding, plan: Plan) -> bool:
    """The generator has people of 60-79 mark higher everywhere (where the mix drifts): true.

    Told of them, or of all others as lower, by age and everywhere or at a site; nothing else.
    """
    if finding.kind != "gap" or not finding.group.startswith("age_band=") or not plan.mix_change:
        return False
    return (finding.estimate > 0) == (finding.group == "age_band=60-79")


def power(seeds: range, *, tell: bool) -> None:
    hit, total, exact, kinds = Counter(), Counter(), Counter(), Counter()
    false: Counter[str] = Counter()
    days: list[int] = []
    covered: Counter[str] = Counter()
    told = built_in = 0
    for seed in seeds:
        plan = planted(seed)
        found = search(plan)
        for truth in plan.truths:
            total[truth.kind] += 1
            mine = [f for f in found if is_of(f, truth, plan)]
            same = [f for f in mine if f.kind == truth.kind]
            hit[truth.kind] += bool(mine)
            kinds[truth.kind] += bool(same)
            if truth.kind == "gap" and truth.group and mine:
                exact["gap value"] += any(f.group == "=".join(truth.group) for f in mine)
            if truth.kind == "shift" and same:
                true = month_start(plan, truth.month)
                first = same[0]
                days.append(abs((first.start_on - true).days))
                covered["start"] += first.start_low <= true <= first.start_high
                covered["of"] += 1
            if truth.kind == "peak" and mine and tell:
                print("   peak", mine[0].group, truth.weekday)
            if tell and not same:
                n = plan.responses
                print(f"{seed}: missed {truth} (n {n}, P {plan.places}, M {plan.months})")
        told += len(found)
        for finding in found:
            if is_built_in(finding, plan):
                built_in += 1
            elif not any(is_of(finding, truth, plan) for truth in plan.truths):
                false[finding.kind] += 1
                if tell:
                    print(
                        f"{seed}: FALSE {finding.kind} {finding.group} p={finding.p:.2g} {finding.sentence}"
                    )
    for kind in total:
        print(f"{kind:8} found {hit[kind]}/{total[kind]}, as that kind {kinds[kind]}")
    print("gap with the very value:", exact["gap value"])
    print(
        "shift date: median days off",
        np.median(days) if days else None,
        "90 %",
        np.quantile(days, 0.9) if days else None,
        "interval holds it",
        covered["start"],
        "of",
        covered["of"],
    )
    print(
        "false:",
        dict(false),
        "of",
        told,
        "findings in",
        len(seeds),
        "hospitals;",
        built_in,
        "tell the built-in difference of ages; rate",
        _share(sum(false.values()), told),
    )


def whole(seeds: range, *, tell: bool) -> None:
    """A step or a slow slope of every place alike: found as of everybody, dated, told once."""
    hit, kinds, total, doubled, dated = Counter(), Counter(), Counter(), 0, Counter()
    for seed in seeds:
        rng = np.random.default_rng(seed + 7)
        plan = random_plan(seed)
        plan = replace(
            plan, responses=min(plan.responses, MOST), renamed=None, new_wording_at=None,
            months=max(plan.months, 20),
        )  # fmt: skip
        kind = "shift" if seed % 2 else "trend"
        size = float(rng.choice([-1, 1]) * rng.uniform(0.3, 0.7))
        truth = Truth(kind, month=int(plan.months * rng.uniform(0.35, 0.75)), size=size)
        answers, _ = joined(draw(replace(plan, truths=(truth,))))
        found = list(
            told(search_levels(sharpened(list(scored_measures(answers, shipped_measures())))))
        )
        mine = [f for f in found if f.place is None and (f.estimate > 0) == (size > 0)]
        total[kind] += 1
        hit[kind] += bool(mine)
        kinds[kind] += any(f.kind == kind for f in mine)
        doubled += len(found) > len(mine) or len(mine) > 1
        if kind == "shift" and mine and mine[0].kind == "shift":
            true = month_start(plan, truth.month)
            dated["holds"] += mine[0].start_low <= true <= mine[0].start_high
            dated["of"] += 1
        if tell and not mine:
            print(f"{seed}: missed {truth} (n {plan.responses}, months {plan.months})")
    for kind in total:
        print(
            f"{kind} of everybody found {_share(hit[kind], total[kind])}, as that kind {kinds[kind]}"
        )
    print(f"something else told beside it in {doubled}; the start's interval holds it", dict(dated))


def noise(seeds: range, *, tell: bool) -> None:
    false: dict[str, int] = defaultdict(int)
    touched = 0
    for seed in seeds:
        plan = random_plan(seed)
        plan = replace(plan, responses=min(plan.responses, MOST))
        found = [f for f in search(plan) if not is_built_in(f, plan)]
        touched += bool(found)
        for finding in found:
            false[finding.kind] += 1
            if tell:
                print(f"{seed}: {finding.kind} p={finding.p:.2g} {finding.sentence}")
    print(f"hospitals with a false finding: {_share(touched, len(seeds))};", dict(false))


def _share(hits: int, of: int) -> str:
    """Hits of all with the 95 % interval (Wilson)."""
    if not of:
        return "0 of 0"
    found = wilson(hits, of)
    return f"{hits} of {of} ({100 * found.low:.1f} to {100 * found.high:.1f} %)"


def speed(sizes: list[int]) -> None:
    for n in sizes:
        plan = Plan(seed=5, places=30, sites=3, months=24, responses=n)
        answers = draw(plan)
        begin, cpu = time.perf_counter(), time.process_time()
        _timed(answers)
        print(f"{n}: {time.perf_counter() - begin:.1f} s, {time.process_time() - cpu:.1f} s CPU")


def _timed(answers: Answers) -> None:
    scored = list(scored_measures(answers, shipped_measures()))
    sharp = sharpened(scored)
    searches = {
        "levels": lambda: told(search_levels(sharp)),
        "gaps": lambda: told([search_gaps(sharp)]),
        "peaks": lambda: told([search_peaks(sharp)]),
        "drivers": lambda: find_drivers(scored),
    }
    for name, find in searches.items():
        step = time.process_time()
        count = len(list(find()))
        print(f"  {name}: {count} found, {time.process_time() - step:.1f} s CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["power", "noise", "whole", "speed"])
    parser.add_argument("--seeds", default="1-12")
    parser.add_argument("--rows", default="60000")
    parser.add_argument("--tell", action="store_true")
    parser.add_argument("--most", type=int, default=MOST, help="answers of one hospital at most")
    asked = parser.parse_args()
    globals()["MOST"] = asked.most
    first, last = map(int, asked.seeds.split("-"))
    if asked.what == "speed":
        speed([int(n) for n in asked.rows.split(",")])
    else:
        {"power": power, "noise": noise, "whole": whole}[asked.what](
            range(first, last + 1), tell=asked.tell
        )


if __name__ == "__main__":
    main()
