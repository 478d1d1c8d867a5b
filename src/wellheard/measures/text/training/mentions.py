"""How well the sentiment of each theme is read, apart from that of the whole comment.

The comments are labelled as a whole, so there is no direct truth. Two indirect ones: the two
answers of one person, joined into one comment, where a theme that one answer alone carries has the
label of that answer; and comments of several clauses with one theme, which has the comment's label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np

from wellheard.measures.text.clauses import clauses
from wellheard.measures.text.engine import Engine, load_engine
from wellheard.measures.text.labelled import NOT_POSSIBLE, Labelled
from wellheard.measures.text.training.data import Ints, LabelledComments
from wellheard.measures.text.training.evaluate import FoldModel, OutOfFold, calibrate
from wellheard.measures.text.training.figures import Estimate, Resampler, tone_of
from wellheard.measures.text.training.pack import pack_model

JOINED: Final = "joined"
ONE_THEME: Final = "one_theme"


class Told(NamedTuple):
    """A comment to read, and the sentiment (1-5) of themes in it; `row` tells fold and group."""

    row: int
    text: str
    kind: str
    truth: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MentionFigures:
    """Themes that were labelled and found: the share whose level and tone is right, by the clauses
    that mention them, and beside it if each were given what is read of the whole comment."""

    source: str
    comments: int
    mentions: int
    tone: Estimate
    tone_of_whole: Estimate
    level: Estimate
    level_of_whole: Estimate


def read_mentions(content: Mapping[str, Any]) -> MentionFigures:
    """Figures as a card holds them (`asdict`)."""
    figures: dict[str, Any] = {
        name: Estimate(**value) if isinstance(value, dict) else value
        for name, value in content.items()
    }
    return MentionFigures(**figures)


def measure_mentions(
    comments: LabelledComments, found: OutOfFold, models: Sequence[FoldModel]
) -> list[MentionFigures]:
    """Both measurements, each comment read by the model of its fold, which has not seen it."""
    engines = [_engine(comments, found, models, fold) for fold in range(len(models))]
    told = {JOINED: list(joined_answers(comments)), ONE_THEME: list(single_themes(comments))}
    return [
        count_mentions(source, comments.groups, list(_judged(engines, found.folds, listed)))
        for source, listed in told.items()
        if listed
    ]


def joined_answers(comments: LabelledComments) -> Iterator[Told]:
    """What a person found good and what could be better, in one text."""
    order = np.argsort(comments.groups, kind="stable")
    _, begins = np.unique(comments.groups[order], return_index=True)
    for rows in np.split(order, begins[1:]):
        by_kind = {comments.documents[row].kind: int(row) for row in rows}
        if len(rows) != 2 or set(by_kind) != {"what_good", "could_improve"}:
            continue
        good, better = by_kind["what_good"], by_kind["could_improve"]
        first, second = _truth(comments, good), _truth(comments, better)
        own = {c: v for c, v in {**first, **second}.items() if (c in first) != (c in second)}
        if first.keys() - second.keys() and second.keys() - first.keys():
            begin, end = (comments.documents[row].text.strip() for row in (good, better))
            yield Told(good, f"{begin.rstrip('.')}. {end}", "nonspecific", own)


def single_themes(comments: LabelledComments) -> Iterator[Told]:
    """Comments that turn, yet carry one theme."""
    for row, document in enumerate(comments.documents):
        truth = _truth(comments, row)
        if len(truth) == 1 and len(clauses(document.text)) > 1:
            yield Told(row, document.text, document.kind, truth)


def _truth(comments: LabelledComments, row: int) -> dict[str, int]:
    """The comment's sentiment by theme; nothing where it is not labelled."""
    level = int(comments.sentiment[row])
    themes = [comments.labels[i] for i in np.flatnonzero(comments.themes[row])]
    return {code: level for code in themes if level and code != NOT_POSSIBLE}


class Mention(NamedTuple):
    """A theme that was labelled and found: its level, the one said of it, that of the comment."""

    row: int
    true: int
    said: int
    of_whole: int


def _engine(
    comments: LabelledComments, found: OutOfFold, models: Sequence[FoldModel], fold: int
) -> Engine:
    fitted = calibrate(found, comments, np.flatnonzero(found.folds != fold))
    model = pack_model(*models[fold], fitted, {"version": "fold", "labels": comments.labels})
    return replace(load_engine(), model=model)


def _judged(engines: Sequence[Engine], folds: Ints, told: Sequence[Told]) -> Iterator[Mention]:
    for fold, engine in enumerate(engines):
        mine = [each for each in told if folds[each.row] == fold]
        said = engine.label(
            [each.text for each in mine], questions=[each.kind for each in mine], closely=True
        )
        for each, label in zip(mine, said, strict=True):
            yield from mentions_in(each, label)


def mentions_in(told: Told, said: Labelled) -> Iterator[Mention]:
    """The labelled themes that were found, with what was said of each."""
    for code, true in told.truth.items():
        if code in said.details.sentiments:
            yield Mention(told.row, true, said.details.sentiments[code], said.sentiment)


def count_mentions(source: str, groups: Ints, mentions: Sequence[Mention]) -> MentionFigures:
    """Shares that are right, with intervals over groups; `groups` is of all comments, by row."""
    rows, true, said, whole = np.array(mentions, dtype=np.int64).reshape(-1, 4).T
    samples = Resampler(groups[rows])

    def share(right: Ints) -> Estimate:
        return samples.estimate(lambda weights: float(np.average(right, weights=weights)))

    return MentionFigures(
        source=source,
        comments=len(np.unique(rows)),
        mentions=len(rows),
        tone=share(tone_of(true) == tone_of(said)),
        tone_of_whole=share(tone_of(true) == tone_of(whole)),
        level=share(true == said),
        level_of_whole=share(true == whole),
    )
