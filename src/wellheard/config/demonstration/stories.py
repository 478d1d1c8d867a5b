"""Nine thousand comments: words of real patients for invented ones, with what was planted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.config.demonstration.answers import Answer, Plan
from wellheard.measures.text.engine import load_engine

_CALM_DAYS = 40
_DATA = files("wellheard.config.demonstration") / "data"


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody wrote and the question they were asked."""

    text: str
    question_type: str


def tell(
    plan: Plan, answers: Sequence[Answer], count: int, random_: random.Random
) -> dict[int, Story]:
    """Stories for ``count`` of the answers, by the answer's position."""
    chosen = sorted(random_.sample(range(len(answers)), count))
    teller = _Teller(plan, random_)
    return {position: teller.story(answers[position]) for position in chosen}


def _calm(texts: Sequence[str]) -> list[str]:
    """Those that call nobody at once."""
    return [text for text in texts if not is_urgent(text)]


@cache
def is_urgent(text: str) -> bool:
    """Whether the words would call somebody at once."""
    return load_engine().label_one(text).urgent


def low_story(place: str, language: str, random_: random.Random) -> Story:
    """What somebody who was let down wrote: a critical story in their language."""
    if language != "en":
        text = random_.choice(_calm(planted_texts()[language]["negative"]))
        return Story(text, "could_improve")
    long = [s for s in _pool(_kind(place), random_.choice("445")) if len(s.text) > 60]
    story = random_.choice(long)
    while is_urgent(story.text):
        story = random_.choice(long)
    return story


@cache
def planted_texts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_DATA / "planted.json").read_text("utf-8"))
    return found


class _Teller:
    """Gives each answer a text that fits its rating, its language and its place."""

    def __init__(self, plan: Plan, random_: random.Random) -> None:
        self._plan = plan
        self._random = random_
        self._bell = plan.truths["bell-rising"]
        self._bells_owed = 0.5
        self._monday = plan.truths["monday-peak"]

    def story(self, answer: Answer) -> Story:
        return self._planted(answer) or self._foreign(answer) or self._drawn(answer)

    def _planted(self, answer: Answer) -> Story | None:
        name = self._plan.places[answer.place]["name"]
        if answer.language != "en":
            return None
        if name == self._bell["place"] and self._bell_is_due(answer):
            return self._one(planted_texts()["bell"], "could_improve")
        if name == self._monday["place"] and self._at_the_peak(answer.received_at):
            return self._one(planted_texts()["monday"], "could_improve")
        return None

    def _bell_is_due(self, answer: Answer) -> bool:
        """Whether this comment is about the bell: by quota, so that a small ward's share is the
        planted one whatever the day of loading."""
        recent = self._days_ago(answer.received_at) < self._bell["last_days"]
        self._bells_owed += self._bell["share_after" if recent else "share_before"]
        if self._bells_owed < 1:
            return False
        self._bells_owed -= 1
        return True

    def _at_the_peak(self, moment: datetime) -> bool:
        before = self._days_ago(moment) > self._monday["fixed_days_ago"]
        peak = before and moment.weekday() == 0 and moment.hour < 12
        return peak and self._random.random() < 0.55

    def _foreign(self, answer: Answer) -> Story | None:
        if answer.language == "en":
            return None
        mood = "negative" if answer.answers["rating"] <= 6 else "positive"
        return self._one(_calm(planted_texts()[answer.language][mood]), _question(mood))

    def _drawn(self, answer: Answer) -> Story:
        place = self._plan.places[answer.place]["name"]
        pool = _pool(_kind(place), _mood(answer.answers["rating"], self._random))
        story = self._random.choice(pool)
        # Only one danger is planted in these weeks: older ones were dealt with long ago.
        while self._days_ago(answer.received_at) < _CALM_DAYS and is_urgent(story.text):
            story = self._random.choice(pool)
        return story

    def _one(self, texts: Sequence[str], question_type: str) -> Story:
        return Story(self._random.choice(texts), question_type)

    def _days_ago(self, moment: datetime) -> int:
        return (self._plan.last_day - moment.date()) // timedelta(days=1)


def _question(mood: str) -> str:
    return "could_improve" if mood == "negative" else "what_good"


def _kind(place: str) -> str:
    if "transport" in place.lower():
        return "transport"
    return "mental" if "Mental" in place else "care"


def _mood(rating: int, random_: random.Random) -> str:
    """A sentiment label that goes with a rating; people are never wholly consistent."""
    if random_.random() < 0.08:
        return random_.choice("234")
    if rating >= 9:
        return random_.choice("1112")
    if rating >= 7:
        return random_.choice("1223")
    return random_.choice("34445") if rating >= 4 else random_.choice("4455")


@cache
def _pool(kind: str, mood: str) -> list[Story]:
    return _stories().get((kind, mood)) or _stories()["care", mood]


@cache
def _stories() -> dict[tuple[str, str], list[Story]]:
    pools: dict[tuple[str, str], list[Story]] = {}
    packed = (_DATA / "stories.csv.gz").read_bytes()
    for row in csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8"))):
        story = Story(row["text"], row["question_type"])
        pools.setdefault((row["kind"], row["sentiment"]), []).append(story)
    return pools
