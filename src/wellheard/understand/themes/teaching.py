"""Teach the machine: a theme of the site's own from examples, and what corrections say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import slugify

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.understand.themes.actions import asked_of
from wellheard.understand.themes.models import (
    BlindLabel,
    Correction,
    OwnTheme,
    SiteModel,
    ThemeExample,
    ThemeLabel,
)
from wellheard.understand.themes.policy import quality_policy
from wellheard.understand.themes.vocabulary import OWN

if TYPE_CHECKING:
    from wellheard.measures.text.engine import Engine

FEWEST_EXAMPLES = 20
_OTHERS = 400


class TooFewExamplesError(ValueError):
    """Fewer examples in different words than a theme needs; holds how many there are."""

    def __init__(self, given: int, needed: int) -> None:
        super().__init__(f"{given} examples in different words; {needed} are needed")
        self.given, self.needed = given, needed


@dataclass(frozen=True, slots=True)
class Checked:
    """A comment whose themes a person has looked at, and the themes it carries by their word."""

    comment: Comment
    themes: frozenset[str]


def teach_theme(
    name: str,
    *,
    about: Sequence[str],
    other: Sequence[str] = (),
    description: str = "",
    by: Actor,
    at: datetime,
) -> OwnTheme:
    """Learn a theme from texts about it (twenty or more in different words, with those given
    before), beside texts that are not; comments of the site that nobody gave stand for the rest.

    The theme is said by the machine only when its cross-validated F1 is at the bar. A name that
    exists already gets its next version. Raises TooFewExamplesError, ValueError for no name.
    """
    code = own_code(by.organisation_id, name)
    with acting(by, at=at) as trail:
        _keep_examples(code, about, other, by, at)
        yes, no = _examples(code, by.organisation_id)
        if len(yes) < FEWEST_EXAMPLES:
            raise TooFewExamplesError(len(yes), FEWEST_EXAMPLES)
        no = [*no, *_unlabelled(code, by.organisation_id, {*yes, *no})]
        if len(no) < FEWEST_EXAMPLES:
            raise TooFewExamplesError(len(no), FEWEST_EXAMPLES)
        theme = _learn_theme(code, name, description, yes, no, by, at)
        trail.write("theme_taught", theme, code=code, version=theme.version, said=theme.is_said)
    return theme


def own_code(organisation_id: int, name: str) -> str:
    """The code of a site's theme of this name. Raises ValueError when the name has no letters."""
    slug = slugify(name, allow_unicode=False)[:40] or ""
    if not slug:
        slug = "-".join(f"{ord(sign):x}" for sign in name.strip()[:6])
    if not slug:
        raise ValueError("a theme needs a name")
    return f"{OWN}{organisation_id}-{slug}"


def _keep_examples(
    code: str, about: Sequence[str], other: Sequence[str], by: Actor, at: datetime
) -> None:
    mine = ThemeExample.objects.filter(organisation_id=by.organisation_id, theme=code)
    known = set(mine.values_list("text", flat=True))
    given = {text.strip()[:4000]: False for text in other} | {
        text.strip()[:4000]: True for text in about
    }
    ThemeExample.objects.bulk_create(
        ThemeExample(
            organisation_id=by.organisation_id, theme=code, text=text, is_about=is_about, at=at
        )
        for text, is_about in given.items()
        if text and text not in known
    )


def _examples(code: str, organisation_id: int) -> tuple[list[str], list[str]]:
    """Texts about the theme, and texts that are not, each wording once; what people put on or took
    off comments counts too."""
    from wellheard.measures.text.duplicates import plain_words

    yes: dict[str, str] = {}
    no: dict[str, str] = {}
    rows = ThemeExample.objects.filter(organisation_id=organisation_id, theme=code).order_by("pk")
    for text, is_about in rows.values_list("text", "is_about"):
        (yes if is_about else no)[plain_words(text)] = text
    labels = ThemeLabel.objects.filter(organisation_id=organisation_id, theme=code)
    for text in labels.filter(source="person", holds=True).values_list("comment__text", flat=True):
        yes[plain_words(text)] = text
    for text in labels.filter(source="machine", holds=False).values_list(
        "comment__text", flat=True
    ):
        no[plain_words(text)] = text
    return list(yes.values()), [text for words, text in no.items() if words not in yes]


def _unlabelled(code: str, organisation_id: int, given: set[str]) -> list[str]:
    """Newest comments of the site that carry no word of anybody about this theme."""
    rows = (
        Comment.objects.counted()
        .filter(organisation_id=organisation_id)
        .exclude(text="")
        .exclude(themes__theme=code)
        .order_by("-received_at", "-pk")
        .values_list("text", flat=True)[:_OTHERS]
    )
    return [text for text in dict.fromkeys(rows) if text not in given]


def _learn_theme(
    code: str,
    name: str,
    description: str,
    yes: Sequence[str],
    no: Sequence[str],
    by: Actor,
    at: datetime,
) -> OwnTheme:
    import numpy as np

    from wellheard.measures.text.duplicates import plain_words
    from wellheard.measures.text.engine import load_engine
    from wellheard.measures.text.local import learn
    from wellheard.measures.text.prepared import prepare

    engine, texts = load_engine(), [*yes, *no]
    rows = engine.model.vectorizer.rows(
        [prepare(text) for text in texts], ["nonspecific"] * len(texts)
    )
    answers = np.array([[1]] * len(yes) + [[0]] * len(no), dtype=np.int64)
    [learnt] = learn(rows, answers, [plain_words(text) for text in texts])
    newest = (
        OwnTheme.objects.filter(organisation_id=by.organisation_id, code=code)
        .order_by("-version")
        .first()
    )
    return OwnTheme.objects.create(
        organisation_id=by.organisation_id,
        code=code,
        version=newest.version + 1 if newest else 1,
        name=name.strip()[:120],
        description=(description or (newest.description if newest else ""))[:400],
        engine=engine.version,
        learnt=learnt.theme.as_data(),
        quality=asdict(learnt.quality),
        is_said=learnt.quality.f1 >= quality_policy().theme_bar,
        by=f"{by.kind}:{by.ref}",
        by_name=by.name,
        at=at,
    )


def checked_comments(organisation_id: int) -> list[Checked]:
    """Comments whose themes a person looked at: labelled blind, or corrected; newest first."""
    found: dict[int, frozenset[str]] = {}
    blind = BlindLabel.objects.filter(organisation_id=organisation_id, done_at__isnull=False)
    for comment_id, themes in blind.values_list("comment_id", "themes"):
        found[comment_id] = frozenset(themes)
    corrected = Correction.objects.filter(organisation_id=organisation_id, field="theme")
    holding: dict[int, set[str]] = defaultdict(set)
    labels = ThemeLabel.objects.filter(
        comment_id__in=corrected.values("comment_id"), holds=True, organisation_id=organisation_id
    )
    for comment_id, theme in labels.values_list("comment_id", "theme"):
        holding[comment_id].add(theme)
    for comment_id in corrected.values_list("comment_id", flat=True):
        found[comment_id] = frozenset(holding[comment_id])
    comments = Comment.objects.in_bulk(list(found))
    newest = sorted(comments.values(), key=lambda each: (each.received_at, each.pk), reverse=True)
    return [Checked(each, found[each.pk]) for each in newest[: quality_policy().most_to_learn]]


def retrain(*, by: Actor, at: datetime) -> SiteModel:
    """Learn from what people corrected and labelled blind; keep a theme's new weights only where
    they measured better than the shipped model, on comments not seen, and reach the bar.

    Raises TooFewExamplesError below 30 comments.
    """
    checked = checked_comments(by.organisation_id)
    needed = quality_policy().fewest
    if len(checked) < needed:
        raise TooFewExamplesError(len(checked), needed)
    with acting(by, at=at) as trail:
        model = _learn_corrections(checked, by, at)
        trail.write(
            "comment_model_retrained", model, version=model.version, better=len(model.learnt)
        )
    return model


def _learn_corrections(checked: Sequence[Checked], by: Actor, at: datetime) -> SiteModel:
    import numpy as np

    from wellheard.measures.text.duplicates import plain_words
    from wellheard.measures.text.engine import load_engine
    from wellheard.measures.text.local import learn
    from wellheard.measures.text.prepared import prepare
    from wellheard.measures.text.questions import question_kind

    engine = load_engine()
    texts = [each.comment.text for each in checked]
    kinds = [question_kind(asked_of(each.comment)) for each in checked]
    prepared = [prepare(text) for text in texts]
    codes = _often_enough(checked, engine)
    learnt: dict[str, object] = {}
    figures: dict[str, object] = {}
    if codes:
        columns = [engine.model.labels.index(code) for code in codes]
        answers = np.array([[int(c in each.themes) for c in codes] for each in checked])
        said = engine.label(texts, questions=[asked_of(each.comment) for each in checked])
        said_before = np.array([[int(c in one.theme_codes) for c in codes] for one in said])
        results = learn(
            engine.model.vectorizer.rows(prepared, kinds),
            answers,
            [each.comment.respondent_id or plain_words(each.comment.text) for each in checked],
            before=2.0 * engine.model.scores(prepared, kinds).themes[:, columns] - 1.0,
            said_before=said_before,
        )
        for code, found in zip(codes, results, strict=True):
            given = found.given
            better = given is not None and found.quality.f1 > given.f1 and found.quality.passes
            figures[code] = {
                "given": asdict(given) if given else None,
                "learnt": asdict(found.quality),
                "taken": better,
            }
            if better:
                learnt[code] = found.theme.as_data()
    newest = SiteModel.objects.filter(organisation_id=by.organisation_id).order_by("-version")
    version = (newest.values_list("version", flat=True).first() or 0) + 1
    return SiteModel.objects.create(
        organisation_id=by.organisation_id,
        version=version,
        engine=engine.version,
        comments=len(checked),
        learnt=learnt,
        figures=figures,
        by=f"{by.kind}:{by.ref}",
        by_name=by.name,
        at=at,
    )


def _often_enough(checked: Sequence[Checked], engine: Engine) -> list[str]:
    counts: Mapping[str, int] = {
        code: sum(code in each.themes for each in checked) for code in engine.model.labels
    }
    least = quality_policy().fewest_to_learn
    return [code for code, count in counts.items() if least <= count < len(checked)]
