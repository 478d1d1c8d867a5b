"""Everything that was answered, as columns: what the searches read.

These columns never leave the room: what is said of them passes ``publishing`` first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Organisation, Place, Site

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans

GROUPS = ("language", "age_band", "sex", "ethnicity", "payer")
MISSING = -1
_AT_ONCE = 20_000
_COLUMNS = (
    "place_id", "site_id", "instrument", "version", "mode", *GROUPS, "received_at", "raw",
)  # fmt: skip
_EPOCH = date(1970, 1, 1)
_HOUR = 3600
_SAME_HOUR = 0.95


@dataclass(frozen=True, slots=True)
class Where:
    """A place with its site; ``pk`` 0: answers that name no place."""

    pk: int
    name: str
    site_pk: int
    site: str


@dataclass(frozen=True)
class Answers:
    """Responses as columns of length n, oldest months first where there is an order.

    ``day``: days since 1970 where the answer was given; ``month``: 0 for the first month in
    ``first_month``; ``items``: item to values, MISSING where not answered; ``groups``: name to
    codes and the values they stand for.
    """

    organisation_id: int
    until: date
    first_month: date
    places: tuple[Where, ...]
    place: NDArray[np.int64]
    day: NDArray[np.int64]
    month: NDArray[np.int64]
    hour: NDArray[np.int64]
    version: NDArray[np.int64]
    mode: NDArray[np.int64]
    modes: tuple[str, ...]
    items: Mapping[str, NDArray[np.int16]]
    groups: Mapping[str, tuple[NDArray[np.int64], tuple[str, ...]]]

    @property
    def n(self) -> int:
        return int(self.place.size)

    @property
    def months(self) -> int:
        """Whole months that are over."""
        after = self.until + timedelta(days=1)
        first = self.first_month
        return (after.year - first.year) * 12 + after.month - first.month

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        """0 for Monday."""
        return (self.day + _EPOCH.weekday()) % 7

    @cached_property
    def has_hours(self) -> bool:
        """Whether the moments tell hours: not when nearly all have the same (dates only)."""
        if not self.n:
            return False
        return bool(np.bincount(self.hour, minlength=24).max() < _SAME_HOUR * self.n)

    @cached_property
    def whole(self) -> Booleans:
        """Answers of whole months."""
        return self.month < self.months

    def month_start(self, month: int) -> date:
        return plus_months(self.first_month, month)

    def day_of(self, number: int) -> date:
        return _EPOCH + timedelta(days=number)


def plus_months(first: date, months: int) -> date:
    """The first day of the month so many after that of ``first``."""
    years, rest = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, rest + 1, 1)


def days_since_epoch(day: date) -> int:
    return (day - _EPOCH).days


def newest_day(organisation: Organisation) -> date | None:
    """The local day of the newest response."""
    rows = Response.objects.filter(organisation=organisation)
    newest: datetime | None = rows.aggregate(newest=Max("received_at"))["newest"]
    return newest.astimezone(ZoneInfo(organisation.zone)).date() if newest else None


def read_answers(organisation: Organisation, *, until: date, months: int) -> Answers:
    """Responses of the ``months`` months that end with the month of ``until``, none later."""
    first = plus_months(until, 1 - months)
    zone = ZoneInfo(organisation.zone)
    begin = datetime.combine(first, time(), zone) - timedelta(days=1)
    end = datetime.combine(until + timedelta(days=2), time(), zone)
    rows = Response.objects.filter(organisation=organisation).received_between(
        begin.astimezone(UTC), end.astimezone(UTC)
    )
    columns = _Columns()
    fetched = rows.annotate(raw=Cast("answers", TextField())).values_list(*_COLUMNS)
    for part in _portions(fetched.order_by().iterator(_AT_ONCE)):
        columns.take(part)
    return columns.answers(organisation, first, until)


def _portions(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while part := list(islice(rows, _AT_ONCE)):
        yield part


class _Codes(defaultdict[Any, int]):
    """Values to codes 0.. in the order they come."""

    def __missing__(self, value: Any) -> int:
        self[value] = code = len(self)
        return code

    def of(self, values: Sequence[Any]) -> NDArray[np.int64]:
        return np.fromiter(map(self.__getitem__, values), np.int64, len(values))


class _Columns:
    """Gathers rows, a portion at a time."""

    def __init__(self) -> None:
        self._codes = {name: _Codes() for name in ("place", "version", "mode", *GROUPS)}
        self._parts: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
        self._items: dict[str, dict[int, NDArray[np.int16]]] = defaultdict(dict)
        self._sizes: list[int] = []

    def take(self, rows: list[tuple[Any, ...]]) -> None:
        place, site, instrument, version, mode, *rest = zip(*rows, strict=True)
        *groups, received, raw = rest
        self._add("place", list(zip(place, site, strict=True)))
        self._add("version", list(zip(instrument, version, strict=True)))
        self._add("mode", mode)
        for name, values in zip(GROUPS, groups, strict=True):
            self._add(name, values)
        moments = np.fromiter((m.timestamp() for m in received), np.int64, len(rows))
        self._parts["moment"].append(moments)
        self._take_items(instrument, json.loads(f"[{','.join(raw)}]"))
        self._sizes.append(len(rows))

    def _add(self, name: str, values: Sequence[Any]) -> None:
        self._parts[name].append(self._codes[name].of(values))

    def _take_items(self, instruments: Sequence[str], answers: list[dict[str, Any]]) -> None:
        number = len(self._sizes)
        for instrument in set(instruments):
            own = answers
            if len(set(instruments)) > 1:
                pairs = zip(instruments, answers, strict=True)
                own = [a if name == instrument else {} for name, a in pairs]
            for code in {code for each in own for code in each}:
                values = np.fromiter((_number(each.get(code)) for each in own), np.int16, len(own))
                if (values != MISSING).any():
                    self._items[f"{instrument}.{code}"][number] = values

    def answers(self, organisation: Organisation, first: date, until: date) -> Answers:
        places = self._places(organisation)
        columns = {
            name: np.concatenate(self._parts[name]) if self._sizes else np.zeros(0, np.int64)
            for name in ("place", "version", "mode", *GROUPS, "moment")
        }
        zones = _zones(organisation, places)
        day, hour = _local(columns["moment"], columns["place"], zones)
        kept = (day >= days_since_epoch(first)) & (day <= days_since_epoch(until))
        # Places that came twice under another site become one again.
        as_one, merged = _merged(places, columns["place"])
        spans = np.array([d.year * 12 + d.month - 1 for d in _days_between(first, until)], np.int64)
        start = first.year * 12 + first.month - 1
        inside = day[kept] - days_since_epoch(first)
        return Answers(
            organisation_id=organisation.pk,
            until=until,
            first_month=first,
            places=as_one,
            place=merged[kept],
            day=day[kept],
            month=spans[inside] - start if spans.size else inside,
            hour=hour[kept],
            version=columns["version"][kept],
            mode=columns["mode"][kept],
            modes=tuple(self._codes["mode"]),
            items={item: self._item(item)[kept] for item in sorted(self._items)},
            groups={name: (columns[name][kept], tuple(self._codes[name])) for name in GROUPS},
        )

    def _item(self, item: str) -> NDArray[np.int16]:
        parts = self._items[item]
        return np.concatenate(
            [
                parts.get(number, np.full(size, MISSING, np.int16))
                for number, size in enumerate(self._sizes)
            ]
        )

    def _places(self, organisation: Organisation) -> list[Where]:
        known = {
            place.pk: place for place in Place.objects.of(organisation.pk).select_related("site")
        }
        sites = dict(Site.objects.filter(organisation=organisation).values_list("pk", "name"))
        found = []
        for place_id, site_id in self._codes["place"]:
            place = known.get(place_id)
            if place is not None:
                found.append(Where(place.pk, place.name, place.site_id, place.site.name))
            else:
                found.append(Where(0, "", site_id or 0, sites.get(site_id, "")))
        return found


def _number(value: Any) -> int:
    """A whole number as facts take it, else MISSING."""
    if value.__class__ is int:
        return value if 0 <= value <= 1000 else MISSING
    if isinstance(value, float) and value.is_integer() and 0 <= value <= 1000:
        return int(value)
    return MISSING


def _zones(organisation: Organisation, places: Sequence[Where]) -> list[str]:
    of_site = dict(Site.objects.filter(organisation=organisation).values_list("pk", "zone"))
    return [of_site.get(place.site_pk) or organisation.zone for place in places]


def _local(
    moments: NDArray[np.int64], place: NDArray[np.int64], zones: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Day since 1970 and hour of each moment on the clock of its place."""
    local = moments.copy()
    names = sorted(set(zones))
    zone_of_place = np.array([names.index(zone) for zone in zones], np.int64)
    for number, name in enumerate(names):
        mine = zone_of_place[place] == number
        hours, position = np.unique(moments[mine] // _HOUR, return_inverse=True)
        zone = ZoneInfo(name)
        shift = [_offset(int(hour), zone) for hour in hours]
        if shift:
            local[mine] += np.array(shift, np.int64)[position]
    return local // (24 * _HOUR), local % (24 * _HOUR) // _HOUR


def _offset(hour: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(hour * _HOUR, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _merged(
    places: Sequence[Where], codes: NDArray[np.int64]
) -> tuple[tuple[Where, ...], NDArray[np.int64]]:
    kept: dict[tuple[int, int], int] = {}
    into = []
    for place in places:
        into.append(kept.setdefault((place.pk, 0 if place.pk else place.site_pk), len(kept)))
    one_each = {
        number: place for place, number in zip(reversed(places), reversed(into), strict=True)
    }
    table = np.array(into, np.int64)
    return tuple(one_each[n] for n in range(len(kept))), table[codes] if into else codes


def _days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
