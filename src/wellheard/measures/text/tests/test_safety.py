"""The safety lexicon: recall on phrasings, alert volume on real comments, negation, spelling."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from wellheard.measures.text.engine import SAFETY, Engine, load_engine
from wellheard.measures.text.lexicons import Lexicon, load_lexicon
from wellheard.measures.text.prepared import prepare

DATA = Path(__file__).parent / "data"
REAL = Path(__file__).parents[5] / "data" / "comments" / "comments-train.csv"
MAX_ALERT_SHARE = 0.03
MIN_RECALL = {"self_harm": 0.95, "abuse": 0.95}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def missed(lexicon: Lexicon, phrasings: Iterable[dict[str, str]], group: str) -> list[str]:
    return [
        row["text"]
        for row in phrasings
        if row["group"] == group
        and group not in {hit.group for hit in lexicon.find(prepare(row["text"]))}
    ]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine()


@pytest.mark.capability("P01")
@pytest.mark.capability("C19")
@pytest.mark.parametrize("name", ["safety-challenge.csv", "safety-held-out.csv"])
@pytest.mark.parametrize("group", sorted(MIN_RECALL))
def test_recall_of_self_harm_and_abuse_holds(engine: Engine, name: str, group: str) -> None:
    phrasings = rows(DATA / name)
    total = sum(row["group"] == group for row in phrasings)
    lost = missed(engine.safety, phrasings, group)
    assert total >= 40
    assert 1 - len(lost) / total >= MIN_RECALL[group], lost


@pytest.mark.capability("P01")
@pytest.mark.parametrize(("part", "least"), [("tune", 0.95), ("unseen", 0.9)])
def test_recall_on_the_newest_phrasings(engine: Engine, part: str, least: float) -> None:
    """Written before the lexicon was looked at; the unseen half was never used to correct it."""
    phrasings = [row for row in rows(DATA / "safety-fresh.csv") if row["part"] == part]
    lost = [text for group in MIN_RECALL for text in missed(engine.safety, phrasings, group)]
    assert len(phrasings) == 34
    assert 1 - len(lost) / len(phrasings) >= least


@pytest.mark.capability("P01")
def test_every_group_is_found_in_every_language(engine: Engine) -> None:
    found: dict[tuple[str, str], int] = defaultdict(int)
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    for name in ("safety-challenge.csv", "safety-held-out.csv"):
        for row in rows(DATA / name):
            key = (row["group"], row["language"])
            wanted[key] += 1
            found[key] += any(True for _ in engine.safety.find(prepare(row["text"])))
    assert len(wanted) == 24
    assert all(found[key] >= 0.9 * count for key, count in wanted.items())


@pytest.mark.skipif(not REAL.exists(), reason="the labelled comments are not in the package")
def test_alert_volume_on_real_comments_stays_readable(engine: Engine) -> None:
    texts = [row["text"] for row in rows(REAL)][::3]
    flagged = sum(any(True for _ in engine.safety.find(prepare(text))) for text in texts)
    assert 0 < flagged / len(texts) <= MAX_ALERT_SHARE


def test_calm_comments_are_mostly_left_alone(engine: Engine) -> None:
    calm = rows(DATA / "calm-comments.csv")
    flagged = [r["text"] for r in calm if any(True for _ in engine.safety.find(prepare(r["text"])))]
    assert len(flagged) <= 0.08 * len(calm), flagged


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("I never felt unsafe", False),
        ("I could not sleep, felt unsafe", True),
        ("There was no discrimination", False),
        ("I am not going to kill myself", True),
        ("at first not unsafe but then I was unsafe", True),
        ("My knee is killing me", False),
        ("He had a heart attack at home", False),
    ],
)
def test_negation_is_read_only_where_it_is_safe(engine: Engine, text: str, urgent: bool) -> None:
    assert engine.label_one(text).urgent is urgent


@pytest.mark.parametrize(
    "text",
    [
        "I feel SUICIDAL",
        "i feel suicdal",
        "I feel suicidaaaal",
        "i feel suici\u0301dal",
        "Su\u00adicidal",
    ],
)
def test_a_phrase_is_found_however_it_is_typed(engine: Engine, text: str) -> None:
    assert {hit.group for hit in engine.label_one(text).urgency} == {"self_harm"}


@pytest.mark.parametrize(
    "text", ["أُريدُ أن أموتَ", "اريد ان اموت", "أريد أن أمـــوت", "وأريد أن أموت"]
)
def test_arabic_vowel_signs_letters_and_clitics_do_not_hide_a_phrase(
    engine: Engine, text: str
) -> None:
    assert "self_harm" in {hit.group for hit in engine.label_one(text).urgency}


@pytest.mark.capability("C19")
def test_praise_never_silences_an_alert(engine: Engine) -> None:
    praised = engine.label_one("Excellent, wonderful, thank you. A carer slapped my mother.")
    assert praised.urgent
    assert not praised.is_praise


def test_the_place_of_a_phrase_is_that_of_the_original_text(engine: Engine) -> None:
    text = "« Dr’s office » — I felt   UNSAFE!"
    (hit,) = engine.label_one(text).urgency
    start, end = hit.span
    assert (hit.group, text[start:end], hit.phrase) == ("harm", "UNSAFE", "UNSAFE")


def test_every_line_of_the_lexicon_can_be_read_and_every_group_speaks_three_languages() -> None:
    groups = load_lexicon(SAFETY).groups
    assert len(groups) == 8
    for content in groups.values():
        assert set(content["names"]) == set(content["phrases"]) == {"en", "es", "ar"}
        assert all(content["phrases"].values())


def test_a_phrase_excused_thousands_of_times_costs_no_more_than_its_length(engine: Engine) -> None:
    assert not engine.label_one("never unsafe, heart attack. " * 2_000).urgent
