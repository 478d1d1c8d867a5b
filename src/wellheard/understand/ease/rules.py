"""Pure: the ease of booking by the way people booked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wellheard.measures.intervals import Proportion, wilson
from wellheard.understand.disclosure.rules import hidden_groups

_FILE = Path(__file__).with_name("data") / "ease-2026-11.json"


@dataclass(frozen=True, slots=True)
class EasePolicy:
    """What is counted, from versioned data."""

    version: str
    effective_from: str
    source: str
    instrument: str
    item: str
    tries: str
    months: int
    recent_months: int


@cache
def ease_policy() -> EasePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return EasePolicy(**{name: page[name] for name in EasePolicy.__slots__})


class Asked(NamedTuple):
    """One person who was asked about one booking. ``ease`` and ``tries`` are None for what they
    left out, both for who did not answer."""

    channel: str
    who: str
    ease: int | None
    tries: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way of booking: how many were asked, the share of them that found it easy and that had
    to try once only. ``channel`` "" is not told. Without a share too few people answered, or
    showing them would give others away."""

    channel: str
    asked: int | None
    easy: Proportion | None
    once: Proportion | None


def by_channel(
    rows: Iterable[Asked], *, easy: Collection[int], once: Collection[int], minimum: int
) -> list[Channel]:
    """Every way of booking, the one most people used first.

    The total is known to whoever reads the page, so that a hidden way of booking takes the next
    smallest with it.
    """
    found: dict[str, list[Asked]] = defaultdict(list)
    for row in rows:
        found[row.channel].append(row)
    asked = {name: len({row.who for row in each}) for name, each in found.items()}
    few = hidden_groups(asked, minimum)
    eased = _hidden(found, "ease", minimum) | few
    tried = _hidden(found, "tries", minimum) | few
    ordered = sorted(found, key=lambda name: (-len(found[name]), name))
    return [
        Channel(
            name,
            None if name in few else asked[name],
            None if name in eased else _share([row.ease for row in found[name]], easy),
            None if name in tried else _share([row.tries for row in found[name]], once),
        )
        for name in ordered
    ]


def over_all(rows: Iterable[Asked], *, easy: Collection[int], minimum: int) -> Proportion | None:
    """The share of everybody who answered that found it easy; None for too few."""
    answered = [row for row in rows if row.ease is not None]
    if len({row.who for row in answered}) < minimum:
        return None
    return _share([row.ease for row in answered], easy)


def _hidden(found: dict[str, list[Asked]], item: str, minimum: int) -> frozenset[str]:
    people = {
        name: len({row.who for row in each if getattr(row, item) is not None})
        for name, each in found.items()
    }
    return hidden_groups(people, minimum)


def _share(values: Iterable[int | None], best: Collection[int]) -> Proportion | None:
    given = [value for value in values if value is not None]
    return wilson(sum(value in best for value in given), len(given)) if given else None
