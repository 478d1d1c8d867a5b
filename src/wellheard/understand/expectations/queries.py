"""Looking through a quarter, and the kept scans with what changed between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db.models import QuerySet

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.expectations.models import (
    ExpectationChoice,
    ExpectationFind,
    ExpectationScan,
)
from wellheard.understand.expectations.policy import scan_policy, tool_lexicon
from wellheard.understand.expectations.rules import Compared, Found, Kind, Tools, compared
from wellheard.understand.facts.slices import Month
from wellheard.understand.themes.emerging import Said, emerging_topics
from wellheard.understand.themes.models import CommentReading, ThemeLabel
from wellheard.understand.themes.rules import Counted, rising
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC


@dataclass(frozen=True, slots=True)
class Looked:
    """What a quarter holds against the time before."""

    comments: int
    before: int
    finds: tuple[Found, ...]


def look_through(organisation_id: int, quarter: Month) -> Looked:
    """New topics, themes and requests for tools of one quarter, each kind judged by itself."""
    start = quarter.plus(-3 * scan_policy().quarters_before)
    said = _said(organisation_id, start, quarter)
    if not said:
        return Looked(0, 0, ())
    now = sum(each.is_recent for each in said)
    before = len(said) - now
    holders: dict[Kind, dict[str, list[Said]]] = {
        "tool": _holders(said, lambda text: _tools().asked(text)),
        "theme": _labelled(said),
    }
    finds = [find for kind, held in holders.items() for find in _risen(kind, held, (now, before))]
    return Looked(now, before, (*finds, *_topics(said)))


def last_quarter(now: datetime) -> Month:
    """The newest quarter that is over."""
    return Month.containing(now.astimezone(UTC).date()).quarter.plus(-3)


def has_comments(organisation_id: int, quarter: Month) -> bool:
    """Whether anything was said in a quarter."""
    read = CommentReading.objects.filter(organisation_id=organisation_id)
    return _between(read, quarter, quarter.plus(3)).exists()


@dataclass(frozen=True, slots=True)
class Line:
    """A find of a scan: whether it is new since the scan before, what was decided (about it, or
    about the same find before), and how many comments hold it."""

    find: ExpectationFind
    is_new: bool
    choice: ExpectationChoice | None
    earlier: ExpectationChoice | None


@dataclass(frozen=True, slots=True)
class ScanPage:
    """A scan beside the one of the quarter before it, which may be missing."""

    scan: ExpectationScan
    previous: ExpectationScan | None
    lines: tuple[Line, ...]
    gone: tuple[ExpectationFind, ...]


def scans_in_force(organisation_id: int) -> list[ExpectationScan]:
    """The newest scan of each quarter, newest quarter first."""
    rows = ExpectationScan.objects.filter(organisation_id=organisation_id)
    newest = {scan.quarter: scan for scan in rows.order_by("quarter", "made_at", "pk")}
    return [newest[quarter] for quarter in sorted(newest, reverse=True)]


def scan_page(scan: ExpectationScan) -> ScanPage:
    """A scan with its finds against the scan before."""
    older = [s for s in scans_in_force(scan.organisation_id) if s.quarter < scan.quarter]
    previous = older[0] if older else None
    now = list(scan.finds.prefetch_related("choices"))
    before = list(previous.finds.prefetch_related("choices")) if previous else []
    found = _compared(now, before)
    lines = [
        Line(
            find=find,
            is_new=position in found.new,
            choice=_newest(find),
            earlier=_newest(before[found.stays[position]]) if position in found.stays else None,
        )
        for position, find in enumerate(now)
    ]
    return ScanPage(scan, previous, tuple(lines), tuple(before[p] for p in found.gone))


def _compared(now: Sequence[ExpectationFind], before: Sequence[ExpectationFind]) -> Compared:
    return compared(
        list(map(_found, now)), list(map(_found, before)), same_topic=scan_policy().same_topic
    )


def _found(row: ExpectationFind) -> Found:
    kind: Kind = row.kind  # type: ignore[assignment]  # the choices are the kinds
    return Found(kind, row.code, tuple(row.words), row.count, 0, row.before, 0, row.p, ())


def _newest(find: ExpectationFind) -> ExpectationChoice | None:
    return max(find.choices.all(), key=lambda each: (each.at, each.pk), default=None)


def _said(organisation_id: int, start: Month, quarter: Month) -> list[Said]:
    """Comments as they were read, masked, each told once."""
    read = CommentReading.objects.filter(
        organisation_id=organisation_id,
        is_boilerplate=False,
        comment__duplicate_of__isnull=True,
    ).exclude(masked_text="")
    rows = _between(read, start, quarter.plus(3)).order_by("comment_id")
    first = _moment(quarter)
    return [
        Said(pk, text, at >= first)
        for pk, text, at in rows.values_list("comment_id", "masked_text", "comment__received_at")
    ]


def _between(read: QuerySet[CommentReading], start: Month, stop: Month) -> QuerySet[CommentReading]:
    return read.filter(
        comment__received_at__gte=_moment(start), comment__received_at__lt=_moment(stop)
    )


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


@cache
def _tools() -> Tools:
    lexicon = tool_lexicon()
    return Tools(lexicon.tools, lexicon.asking)


def _holders(said: Iterable[Said], codes: Callable[[str], Iterable[str]]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        for code in codes(each.text):
            found[code].append(each)
    return found


def _labelled(said: Sequence[Said]) -> dict[str, list[Said]]:
    """Comments by the themes that hold for them."""
    by_pk = {each.key: each for each in said}
    first, last = said[0].key, said[-1].key
    rows = ThemeLabel.objects.filter(
        holds=True, comment_id__gte=first, comment_id__lte=last
    ).exclude(theme__in=WITHOUT_TOPIC)
    found: dict[str, dict[int, Said]] = defaultdict(dict)
    for pk, theme in rows.values_list("comment_id", "theme").iterator():
        if pk in by_pk:
            found[theme][pk] = by_pk[pk]
    return {theme: list(held.values()) for theme, held in found.items()}


def _risen(
    kind: Kind, holders: Mapping[str, Sequence[Said]], totals: tuple[int, int]
) -> Iterable[Found]:
    """Tools or themes named by a larger part of the quarter than of the time before."""
    counted = []
    for code, held in holders.items():
        recent = sum(each.is_recent for each in held)
        counted.append(Counted((code,), recent, totals[0], len(held) - recent, totals[1]))
    policy = scan_policy()
    rises = rising(
        counted,
        at_least=load_policy().minimum_group,
        most_chance=policy.most_chance,
        false_discovery=policy.false_discovery,
    )
    for rise in rises if totals[1] else ():
        code, of = str(rise.counted.key[0]), rise.counted
        newest = sorted((each.key for each in holders[code] if each.is_recent), reverse=True)
        yield Found(
            kind, code, (), of.recent, of.recent_of, of.before, of.before_of, rise.p,
            tuple(newest[: policy.kept_comments]),
        )  # fmt: skip


def _topics(said: Sequence[Said]) -> Iterable[Found]:
    policy = scan_policy()
    topics = emerging_topics(
        said,
        at_least=load_policy().minimum_group,
        most_chance=policy.most_chance,
        most=policy.most_topics,
    )
    for topic in topics:
        yield Found(
            "topic", "", topic.words, len(topic.comments), topic.recent_of, topic.before,
            topic.before_of, topic.p, topic.comments[: policy.kept_comments],
        )  # fmt: skip
