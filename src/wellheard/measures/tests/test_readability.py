"""Readability scores against hand counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.errors import EmptyData, UnknownName
from wellheard.measures.readability import readability, syllables_en, syllables_es


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("nurse", 1), ("nurses", 2), ("table", 2), ("hospital", 3), ("medicine", 3),
        ("information", 4), ("received", 2), ("waited", 2), ("asked", 1), ("area", 3),
        ("experience", 4), ("people", 2), ("quiet", 2), ("create", 2), ("patient", 2),
        ("various", 3), ("don't", 1), ("the", 1), ("science", 2), ("apologize", 4),
    ],
)  # fmt: skip
def test_english_syllables(word, count):
    assert syllables_en(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("hospital", 3), ("enfermera", 4), ("médico", 3), ("día", 2), ("queja", 2), ("país", 2),
        ("ciudad", 2), ("leer", 2), ("atención", 3), ("y", 1), ("hay", 1), ("ayuda", 3),
        ("vergüenza", 3), ("agua", 2), ("oír", 2), ("viuda", 2), ("guía", 2),
    ],
)  # fmt: skip
def test_spanish_syllables(word, count):
    assert syllables_es(word) == count


def test_english_scores_by_hand():
    # 2 sentences, 9 words, 11 syllables, no word of three syllables.
    text = "The nurse was kind. She called the doctor quickly."
    score = readability(text, language="en")
    assert (score.n_sentences, score.n_words, score.n_syllables) == (2, 9, 11)
    assert score.grade == pytest.approx(0.39 * 4.5 + 11.8 * 11 / 9 - 15.59)
    assert score.smog == pytest.approx(3.1291)
    assert not score.smog_settled


def test_spanish_score_by_hand():
    # 1 sentence, 5 words, la-en-fer-me-ra-fue-muy-a-ma-ble.
    score = readability("La enfermera fue muy amable.", language="es-MX")
    assert (score.n_sentences, score.n_words, score.n_syllables) == (1, 5, 10)
    assert score.ease == pytest.approx(206.84 - 60 * 10 / 5 - 1.02 * 5)
    assert score.grade is None


def test_plain_words_read_easier_than_official_ones():
    plain = readability("We are sorry. We will fix it. Please call us.", language="en")
    official = readability(
        "Notification regarding the determination of the organizational grievance "
        "investigation will be communicated subsequently.",
        language="en",
    )
    assert plain.grade < 3 < 12 < official.grade


@given(st.lists(st.sampled_from(["nurse", "kindly", "hospital", "we"]), min_size=1, max_size=30))
def test_repeating_a_text_changes_no_score(words):
    sentence = " ".join(words) + ". "
    once, twice = (readability(sentence * times, language="en") for times in (1, 2))
    assert once.grade == pytest.approx(twice.grade)
    assert once.smog == pytest.approx(twice.smog)


@pytest.mark.parametrize("text", ["", "  \n", "?!", "😀"])
def test_text_without_words_refused(text):
    with pytest.raises(EmptyData, match="text"):
        readability(text, language="en")


def test_unknown_language_refused():
    with pytest.raises(UnknownName, match="ar"):
        readability("شكرا", language="ar")
