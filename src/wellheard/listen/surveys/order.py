"""The order in which one person is asked, pure: it follows from the survey and a kept number.

Ratings keep their order always, and so do answers that stand alone ("none of these"): they stay
at the end. The same number gives the same order on every machine, so what somebody saw can be
told years later.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import groupby

from wellheard.listen.surveys.rules import Instrument, Item

MIXABLE = ("choice", "multiple", "ranking")


def ordered(instrument: Instrument, seed: int) -> Instrument:
    """The instrument as the person of this number is asked; 0 leaves everything as written."""
    if seed == 0 or not is_mixed(instrument):
        return instrument
    items: list[Item] = []
    for mix, group in groupby(instrument.items, key=lambda item: item.mix):
        together = list(group)
        if mix:
            _random(seed, f"mix {mix}").shuffle(together)
        items += [_shuffled(item, seed) for item in together]
    return replace(instrument, items=tuple(items))


def is_mixed(instrument: Instrument) -> bool:
    """Whether two people may be asked in different orders."""
    return any(item.mix or item.shuffle for item in instrument.items)


def _shuffled(item: Item, seed: int) -> Item:
    if not item.shuffle or item.scale is None:
        return item
    free = [choice for choice in item.scale.choices if not choice.alone]
    last = [choice for choice in item.scale.choices if choice.alone]
    _random(seed, item.code).shuffle(free)
    return replace(item, scale=replace(item.scale, choices=(*free, *last)))


def _random(seed: int, what: str) -> random.Random:
    return random.Random(f"{seed}:{what}")
