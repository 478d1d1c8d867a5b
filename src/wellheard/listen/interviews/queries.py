"""Reads of a study: how far recruiting is, how coders agree, and the passages of each code."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from wellheard.listen.interviews.models import CodeBook, Coding, Passage, Quota, Study

_DRAWS = 500
FEWEST_TOGETHER = 10


@dataclass(frozen=True, slots=True)
class Agreed:
    """How two coders agree on one code. ``estimate`` is None where it cannot be said."""

    code: str
    name: str
    n: int
    observed: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a code found: how many people and passages, and those that may be quoted."""

    code: str
    name: str
    meaning: str
    people: int
    passages: int
    quotes: list[Passage] = field(default_factory=list)


def progress(study: Study) -> list[tuple[Quota, int]]:
    """Each quota with how many take part. Those who withdrew are looked for anew."""
    staying = Count("participants", filter=Q(participants__withdrawn_at=None))
    return [(quota, quota.staying) for quota in study.quotas.annotate(staying=staying)]


def findings(book: CodeBook) -> list[Found]:
    """Each code with the passages at least one coder gave it, and who of them may be quoted."""
    passages: dict[str, dict[int, Passage]] = defaultdict(dict)
    codings = Coding.objects.filter(book=book, passage__participant__isnull=False)
    for coding in codings.select_related("passage__participant", "passage__conversation"):
        for code in coding.codes:
            passages[code][coding.passage_id] = coding.passage
    return [
        _found(code, name, meaning, list(passages[code].values()))
        for code, (name, meaning) in book.codes.items()
    ]


def _found(code: str, name: str, meaning: str, passages: list[Passage]) -> Found:
    quotes = [each for each in passages if each.participant and each.participant.may_quote]
    people = {each.participant_id for each in passages}
    quotes.sort(key=lambda each: (each.conversation_id, each.number))
    return Found(code, name, meaning, len(people), len(passages), quotes)


def search(study: Study, words: str) -> list[Passage]:
    """Passages with these words. They lie sealed: each is opened (some thousand a study)."""
    sought = words.casefold().strip()
    if not sought:
        return []
    passages = Passage.objects.filter(conversation__study=study, participant__isnull=False)
    return [
        each
        for each in passages.select_related("participant", "conversation")
        if sought in each.text.casefold()
    ]


def agreements(book: CodeBook) -> list[Agreed]:
    """For each code, how the two coders with most passages in common agree (Gwet's AC1)."""
    given: dict[int, dict[int, list[str]]] = defaultdict(dict)
    codings = Coding.objects.filter(book=book)
    for passage_id, coder_id, codes in codings.values_list("passage_id", "coder_id", "codes"):
        given[coder_id][passage_id] = codes
    pairs = [(a, b) for a in given for b in given if a < b]
    if not pairs:
        return []
    one, two = max(pairs, key=lambda pair: len(given[pair[0]].keys() & given[pair[1]].keys()))
    both = sorted(given[one].keys() & given[two].keys())
    return [
        _agreed(code, name, [(code in given[one][p], code in given[two][p]) for p in both])
        for code, (name, _) in book.codes.items()
    ]


def _agreed(code: str, name: str, ratings: list[tuple[bool, bool]]) -> Agreed:
    if len(ratings) < FEWEST_TOGETHER:
        return Agreed(code, name, len(ratings))
    from wellheard.measures.agreement import agreement

    table = [[int(a), int(b)] for a, b in ratings]
    found = agreement(table, categories=[0, 1], draws=_DRAWS)
    return Agreed(code, name, found.n, found.observed, found.estimate, found.low, found.high,
                  found.method)  # fmt: skip
