"""What the three-answer function says when we know the truth."""

from __future__ import annotations

from collections import Counter

import numpy as np
from bench.measures.coverage import autoregressive
from bench.measures.timing import table, timed

from wellheard.measures.change import change_verdict, plan_change

DRAWS = 400


def report() -> str:
    """Cross true effects with lengths and autocorrelation; worthwhile is one point spread."""
    rows = []
    for before, after in ((12, 12), (24, 12), (24, 24)):
        for rho in (0.0, 0.3):
            for effect in (0.0, 0.5, 1.0, 2.0, 3.0):
                rows.append(
                    [f"{before} + {after}", rho, effect, *_answers(before, after, rho, effect)]
                )
    wall, _, _ = timed(
        lambda: [_verdict(np.random.default_rng(i), 24, 24, 0.3, 1.0) for i in range(50)]
    )
    head = ["points", "rho", "true effect / point spread", "better", "not better", "cannot tell",
            "planned power for 'above 0'"]  # fmt: skip
    note = (
        f"{DRAWS} series each; worthwhile = 1 point spread. *Better* needs an interval above 0 that "
        "reaches the worthwhile effect; *not better* an interval below it. One verdict takes "
        f"{1000 * wall / 50:.1f} ms."
    )
    return f"{table(head, rows)}\n\n{note}"


def _answers(before: int, after: int, rho: float, effect: float) -> list[str]:
    random = np.random.default_rng(11)
    counts = Counter(_verdict(random, before, after, rho, effect) for _ in range(DRAWS))
    plan = plan_change(
        effect=effect, point_sd=1, points_before=before, points_after=after, autocorrelation=rho
    )
    shares = [f"{counts[name] / DRAWS:.2f}" for name in ("better", "not_better", "cannot_tell")]
    return [*shares, f"{plan.power:.2f}"]


def _verdict(
    random: np.random.Generator, before: int, after: int, rho: float, effect: float
) -> str:
    values = autoregressive(random, before + after, rho)
    values[before:] += effect
    return change_verdict(values, before, direction="increase", worthwhile=1.0).answer
