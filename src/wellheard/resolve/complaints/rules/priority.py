"""The priority model: which tier a matter has, its place in the queue, and who is told when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wellheard.resolve.complaints.rules.packs import Count, PackError, read_count


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom to tell, and after how long; `answer_within` is how long they have."""

    to: str
    after: timedelta
    answer_within: timedelta


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of urgency; the lowest `rank` stands at the top of the queue."""

    code: str
    label: str
    rank: int
    first_reply: Count
    warn_after: Count
    pages: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What an interaction is about, and the tier that gives it."""

    code: str
    label: str
    tier: str


@dataclass(frozen=True, slots=True)
class PriorityModel:
    """One version of the model."""

    tiers: Mapping[str, Tier]
    topics: Mapping[str, Topic]
    subject_topics: Mapping[str, str]
    concern_tiers: Mapping[str, str]
    inquiry_clock: Mapping[str, Count]
    ladder: tuple[Rung, ...]

    def rank(self, tier: str) -> int:
        """Return the place of `tier` in the queue; an unknown tier stands last."""
        return (
            self.tiers[tier].rank
            if tier in self.tiers
            else max(t.rank for t in self.tiers.values())
        )

    def label(self, tier: str) -> str:
        """Return the words for a tier code."""
        return self.tiers[tier].label if tier in self.tiers else tier


def read_priority(data: Mapping[str, Any]) -> PriorityModel:
    """Return the model in `data`; raise PackError naming what is wrong with it."""
    try:
        model = _model(data)
    except KeyError as error:
        raise PackError(f"{error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise PackError(str(error)) from error
    _check(model)
    return model


def _model(data: Mapping[str, Any]) -> PriorityModel:
    tiers = [_tier(row) for row in data["tiers"]]
    return PriorityModel(
        tiers={tier.code: tier for tier in tiers},
        topics={row["code"]: Topic(**row) for row in data["topics"]},
        subject_topics=data["subject_topics"],
        concern_tiers=data["concern_tiers"],
        inquiry_clock={key: read_count(row) for key, row in data["inquiry_clock"].items()},
        ladder=tuple(
            Rung(row["to"], timedelta(days=row.get("after_days", 0)), timedelta(0))
            for row in data["ladder"]
        ),
    )


def _tier(row: Mapping[str, Any]) -> Tier:
    return Tier(
        code=row["code"],
        label=row["label"],
        rank=int(row["rank"]),
        first_reply=read_count(row["first_reply"]),
        warn_after=read_count(row["warn_after"]),
        pages=tuple(
            Rung(
                page["to"],
                timedelta(minutes=page["after_minutes"]),
                timedelta(minutes=page["answer_within_minutes"]),
            )
            for page in row["pages"]
        ),
    )


def _check(model: PriorityModel) -> None:
    named = {topic.tier for topic in model.topics.values()} | set(model.concern_tiers.values())
    if missing := named - set(model.tiers):
        raise PackError(f"tier {min(missing)} is used but not written down")
    if missing := set(model.subject_topics.values()) - set(model.topics):
        raise PackError(f"topic {min(missing)} is used but not written down")
    if "complaints" not in model.topics or "other" not in model.topics:
        raise PackError("the topics complaints and other are needed")
    if "default" not in model.inquiry_clock:
        raise PackError("the inquiry clock needs a default")


def topic_of(kind: str, subjects: Iterable[str], model: PriorityModel) -> str:
    """Return the topic: a complaint is one whatever it is about; an inquiry goes by its subject."""
    if kind == "complaint":
        return "complaints"
    return next((model.subject_topics[s] for s in subjects if s in model.subject_topics), "other")


def tier_of(topic: str, raised: Iterable[str], model: PriorityModel) -> str:
    """Return the most urgent of the topic's tier and the tiers that were `raised` for the case."""
    given = model.topics[topic].tier if topic in model.topics else model.topics["other"].tier
    candidates = [given, *(tier for tier in raised if tier in model.tiers)]
    return min(candidates, key=model.rank)


def first_reply_count(kind: str, tier: str, channel: str, model: PriorityModel) -> Count:
    """Return how long a first reply may take; an inquiry's channel may allow less, never more."""
    by_tier = model.tiers[tier].first_reply
    if kind != "inquiry" or by_tier.unit != "working_days":
        return by_tier
    by_channel = model.inquiry_clock.get(channel, model.inquiry_clock["default"])
    return min(by_tier, by_channel, key=lambda count: count.number)


def rungs_due(ladder: Iterable[Rung], since: datetime, now: datetime) -> int:
    """Return how many rungs of `ladder` have been reached at `now`, counted from `since`."""
    return sum(1 for rung in ladder if now >= since + rung.after)
