"""The searches, one for each kind of finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wellheard.understand.findings.rules import Finding
    from wellheard.understand.findings.scored import Scored


def find_among(all_scored: Sequence[Scored]) -> Iterator[Finding]:
    """What stands out of the answers: changes, gaps and times of the week, through one sieve."""
    from wellheard.understand.findings.leads import told
    from wellheard.understand.findings.searches.gaps import search_gaps
    from wellheard.understand.findings.searches.levels import search_levels
    from wellheard.understand.findings.searches.peaks import search_peaks
    from wellheard.understand.findings.sharpened import sharpened

    sharp = sharpened(all_scored)
    yield from told([*search_levels(sharp), search_gaps(sharp), search_peaks(sharp)])
