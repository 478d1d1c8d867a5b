"""Whether concerns of some people take longer to close than those of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.models import Case
from wellheard.understand.findings import sentences
from wellheard.understand.findings.rules import Finding, finding_policy, passing, weight

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats
    from wellheard.understand.findings.answers import Answers
    from wellheard.understand.findings.scored import Scored

_FEWEST = 30
_LEAST_RATIO = 1.25
_Z = 1.959963984540054
_METHOD = "ratio of typical days to close, log scale (Welch)"


def find_slower_groups(
    organisation: Organisation, answers: Answers, scored: list[Scored]
) -> Iterator[Finding]:
    """Languages whose concerns, closed in the months looked at, took clearly longer."""
    import numpy as np
    from scipy.special import ndtr

    days = _days(organisation, answers)
    every = np.concatenate([np.log(values) for values in days.values()]) if days else np.zeros(0)
    tried = []
    for language, own in days.items():
        others = [np.log(v) for name, v in days.items() if name != language]
        rest = np.concatenate(others) if others else np.zeros(0)
        if min(own.size, rest.size) < _FEWEST or own.size > every.size / 2:
            continue
        mine = np.log(own)
        gap = float(mine.mean() - rest.mean())
        se = float(np.sqrt(mine.var(ddof=1) / mine.size + rest.var(ddof=1) / rest.size))
        if se > 0:
            p = float(2 * ndtr(-abs(gap / se)))
            middle = float(np.median(own)), float(np.median(np.exp(rest)))
            tried.append((language, gap, se, p, int(own.size), middle))
    rate = finding_policy().sure
    kept = passing([each[3] for each in tried], len(tried), rate)
    for (language, gap, se, p, n, middle), holds in zip(tried, kept, strict=True):
        ratio = float(np.exp(gap))
        if not holds or ratio < _LEAST_RATIO:
            continue
        low, high = float(np.exp(gap - _Z * se)), float(np.exp(gap + _Z * se))
        yield Finding(
            kind="gap",
            place=None,
            measure="days_to_close",
            group=f"language={language}",
            direction="worse",
            start_on=None,
            estimate=ratio,
            low=low,
            high=high,
            n=n,
            method=_METHOD,
            verdict="worse",
            sentence=sentences.waiting_gap(
                None, "language", language, middle[0], middle[1], f"{ratio:.1f}", n
            ),
            unit="times as long",
            rank=weight(ratio - 1, 0.5, reach=n / every.size, months_ago=None),
            p=p,
            details={"median_days": round(middle[0], 1), "others": round(middle[1], 1)},
        )


def _days(organisation: Organisation, answers: Answers) -> dict[str, Floats]:
    """Days from coming to closing, by language, of concerns closed by the last day looked at."""
    import numpy as np

    zone = ZoneInfo(organisation.zone)
    last = datetime.combine(answers.until + timedelta(days=1), time(), zone).astimezone(UTC)
    first = datetime.combine(answers.first_month, time(), zone).astimezone(UTC)
    rows = Case.objects.filter(
        organisation=organisation, same_as=None, received_at__gte=first, closed_at__lt=last
    ).exclude(language="")
    days: dict[str, list[float]] = defaultdict(list)
    for language, received, closed in rows.values_list("language", "received_at", "closed_at"):
        if closed is not None:
            days[language].append(max(0.1, (closed - received) / timedelta(days=1)))
    return {language: np.array(values) for language, values in days.items()}
