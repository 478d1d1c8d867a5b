"""Control charts: how fast, and how often they cry wolf on stable data."""

from __future__ import annotations

import numpy as np
from bench.measures.timing import read_seconds, table, timed

from wellheard.measures.spc import rule_set, rule_sets, run_chart, xmr_many

CHARTS = 20_000


def report() -> str:
    """Return the speed of 100,000 charts and the false-alarm rates of each rule set."""
    values = np.random.default_rng(0).normal(size=(100_000, 36))
    wall, cpu, _ = min((timed(lambda: xmr_many(values)) for _ in range(3)), key=lambda t: t[0])
    speed = (
        f"100,000 XmR charts of 36 points with the four rules: {wall:.2f} s wall, {cpu:.2f} s CPU; "
        f"reading the values once takes {read_seconds(values.nbytes):.3f} s."
    )
    return "\n\n".join([speed, _alarms(), _latest()])


def _alarms() -> str:
    rows = []
    for name in sorted(rule_sets()):
        for points in (12, 24, 36):
            rows.append([name, points, *(_rate(name, points, kind) for kind in _KINDS)])
    head = [
        "rule set",
        "points",
        *(f"{kind}: any signal" for kind in _KINDS),
    ]
    note = f"Share of {CHARTS:,} stable charts with at least one signal anywhere."
    return f"{table(head, rows)}\n\n{note}"


def _latest() -> str:
    random = np.random.default_rng(2)
    rows = []
    for name in sorted(rule_sets()):
        charts = xmr_many(random.normal(size=(CHARTS, 24)), rules=name)
        last = (charts.bits[:, -1] != 0).mean()
        each = [
            f"{rule.name} {((charts.bits >> i) & 1).any(axis=1).mean():.3f}"
            for i, rule in enumerate(rule_set(name).rules)
        ]
        rows.append([name, f"{last:.3f}", ", ".join(each)])
    runs = [run_chart(random.normal(size=24)).signal for _ in range(4000)]
    rows.append(["run chart, Anhøj", f"{np.mean(runs):.3f}", "whole chart"])
    return table(["rule set", "24 normal points: signal at the last point", "by rule"], rows)


_KINDS = {
    "normal": lambda random, shape: random.normal(size=shape),
    "skewed (gamma 2)": lambda random, shape: random.gamma(2, size=shape),
    "shares of 200": lambda random, shape: random.binomial(200, 0.8, shape) / 200,
}


def _rate(name: str, points: int, kind: str) -> str:
    values = _KINDS[kind](np.random.default_rng(points), (CHARTS, points))
    charts = xmr_many(values, rules=name)
    return f"{(charts.bits != 0).any(axis=1).mean():.3f}"
