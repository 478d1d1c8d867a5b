"""Which language a comment is in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from wellheard.measures.text.language import load_language_finder

REAL = Path(__file__).parents[5] / "data" / "comments" / "comments-train.csv"
OTHER = Path(__file__).parent / "data" / "other-languages.csv"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Great friendly staff", "en"),
        ("Todo estuvo excelente", "es"),
        ("Comida fría siempre", "es"),
        ("Enfermeras muy amables", "es"),
        ("الطعام بارد جدا", "ar"),
        ("Le personnel était très gentil avec nous", "fr"),
        ("Die Schwestern waren sehr freundlich", "de"),
        ("خدمات بہت اچھی تھیں ڈاکٹر ٹھیک تھے", "und"),
        ("Спасибо большое всем", "und"),
        ("", "und"),
        ("10/10 😀", "und"),
    ],
)
def test_language_of_short_comments(text: str, code: str) -> None:
    assert load_language_finder().find(text).code == code


def test_spanish_and_arabic_comments_are_known_as_such() -> None:
    with OTHER.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if len(row["text"].split()) >= 3]
    found = [load_language_finder().find(row["text"]).code == row["language"] for row in rows]
    assert sum(found) >= 0.97 * len(rows)


@pytest.mark.skipif(not REAL.exists(), reason="the labelled comments are not in the package")
def test_english_comments_are_rarely_taken_for_another_language() -> None:
    with REAL.open(encoding="utf-8", newline="") as handle:
        texts = [row["text"] for row in csv.DictReader(handle)][::4]
    longer = [text for text in texts if len(text.split()) >= 3]
    wrong = [t for t in longer if load_language_finder().find(t).code not in ("en", "und")]
    assert len(wrong) <= 0.005 * len(longer), wrong


def test_a_mixed_comment_has_less_confidence_than_a_plain_one() -> None:
    finder = load_language_finder()
    mixed = finder.find("good muy bien staff amable")
    assert mixed.confidence < finder.find("the staff were good").confidence
