"""How far the search for findings is from what is possible.

    python bench/findings_oracle.py --seeds 101-160 --most 8000

For each planted truth: would somebody find it who knows the place, the date and the shape
(oracle: one test, 5 % for the hospital shared by the five kinds that are planted, so p < 0.01), and
would a test at the very spot stand if everything that might have been there were paid for by
Bonferroni? Both read the same answers as the search: all of a person together where a truth moves
all questions, else the question beside the person's others; place, month, wording, mode and who
answered are held equal. The oracle does not know that months of a place vary by themselves, and so
is rather too good. Search: what ``wellheard findings`` tells.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from scipy.special import ndtr

import findings as bench
from wellheard.measures.signals import additive_fit
from wellheard.understand.findings.answers import GROUPS, Answers, days_since_epoch
from wellheard.understand.findings.renames import joined
from wellheard.understand.findings.scored import Scored, scored_measures
from wellheard.understand.findings.sharpened import TOGETHER, sharpened
from wellheard.understand.findings.tests.hospitals import (
    _VALUES,
    Plan,
    Truth,
    _day_of,
    draw,
)
from wellheard.understand.scores.queries import shipped_measures

_HOSPITAL, _KINDS, _SERIES = 0.05, 5, 12
_TELLABLE = 11


def column(plan: Plan, truth: Truth, answers: Answers) -> np.ndarray:
    """What the truth looks like, answer by answer (n)."""
    day = answers.day - days_since_epoch(plan.first)
    inside = np.ones(answers.n, bool)
    if truth.place is not None:
        inside &= answers.place == truth.place
    if truth.site is not None:
        inside &= answers.place % plan.sites == truth.site
    if truth.group is not None:
        codes = answers.groups[truth.group[0]][0]
        inside &= codes == ("", *_VALUES[truth.group[0]][0]).index(truth.group[1])
    if truth.kind == "shift":
        inside &= day >= _day_of(plan, truth.month)
    if truth.kind == "peak":
        inside &= answers.weekday == truth.weekday
        if plan.with_hours:
            inside &= (answers.hour >= truth.hours[0]) & (answers.hour < truth.hours[1])
    return inside * (day / day.max() if truth.kind == "trend" else 1.0)


def sureness(scored: Scored, truth: Truth, shape: np.ndarray) -> float:
    """z of the one column that is known, in the direction that is known."""
    held = [name for name in GROUPS if truth.group is None or name != truth.group[0]]
    factors = [*scored._base, *(scored.group(name) for name in held)]
    left = additive_fit(scored.score, factors).left
    x = additive_fit(shape[scored.rows], factors).left
    size = float(x @ x)
    return (
        float(x @ left) / np.sqrt(size) / float(left.std()) * np.sign(truth.size) if size else 0.0
    )


def tries(plan: Plan, truth: Truth) -> int:
    """Everything of this kind that might have been there."""
    units = plan.places + (plan.sites if plan.sites > 1 else 0)
    groups = sum(len(values) for values, _ in _VALUES.values())
    return (
        _SERIES
        * {
            "shift": units * 2 * plan.months,
            "trend": units * 2 * plan.months,
            "gap": groups * (1 + (plan.sites if plan.sites > 1 else 0)),
            "peak": plan.places * 3 * (89 if plan.with_hours else 8),
        }[truth.kind]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="401-412")
    parser.add_argument("--most", type=int, default=8_000)
    parser.add_argument("--tell", action="store_true")
    parser.add_argument("--only", action="store_true", help="leave the search itself out")
    asked = parser.parse_args()
    bench.MOST = asked.most
    first, last = map(int, asked.seeds.split("-"))
    counts: dict[str, Counter[str]] = {}
    for seed in range(first, last + 1):
        plan = bench.planted(seed)
        answers, _ = joined(draw(plan))
        scored = list(scored_measures(answers, shipped_measures()))
        series = {each.measure.code: each for each in sharpened(scored).series}
        found = [] if asked.only else bench.search(plan)
        for truth in plan.truths:
            if truth.kind == "driver":
                continue
            shape = column(plan, truth, answers)
            z = sureness(series[truth.item or TOGETHER], truth, shape)
            p = 2 * float(ndtr(-z))
            level = _HOSPITAL / _KINDS
            mine = any(bench.is_of(each, truth, plan) for each in found)
            own = counts.setdefault(truth.kind, Counter())
            own["planted"] += 1
            own["tellable"] += int((shape > 0).sum()) >= _TELLABLE
            own["oracle"] += p < level
            own["oracle, tellable"] += p < level and int((shape > 0).sum()) >= _TELLABLE
            own["bonferroni"] += p < level / tries(plan, truth)
            own["search"] += mine
            if asked.tell and not mine:
                print(
                    f"{seed} z {z:.1f} n {int((shape > 0).sum())} {truth} P {plan.places} M {plan.months} n {plan.responses} w {plan.wobble}"
                )
    for kind, own in counts.items():
        print(kind, dict(own))


if __name__ == "__main__":
    main()
