"""Parts, easy lines, recordings and ranges, from values alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.resolve.complaints.tests.packs import ENGLAND, US
from wellheard.resolve.complaints.wording import places_in, say, text_of
from wellheard.resolve.formats.policy import easy_variants, format_policy
from wellheard.resolve.formats.rules.easy import (
    easy_parts,
    grade_of,
    is_ready,
    sentences,
    variant_of,
)
from wellheard.resolve.formats.rules.parts import Part, parts_in, script
from wellheard.resolve.formats.rules.videos import byte_range, read_sound, read_video

pytestmark = pytest.mark.capability("E05")
LANGUAGES = ("en", "es", "ar")


def test_paragraphs_are_told_apart_by_their_heading_or_their_place() -> None:
    blocks = [("", ["Dear Ana,"]), ("", ["About R-1"]), ("What we did", ["We asked."]),
              ("", ["Translated by A."]), ("", ["Riverbend"])]  # fmt: skip
    found = parts_in(blocks, {"What we did": "steps_taken"})
    assert [part.code for part in found] == [
        "greeting", "about", "steps_taken", "note", "organisation",
    ]  # fmt: skip
    assert script(found).splitlines()[4] == "What we did."


def test_sentences_stand_on_lines_of_their_own_and_numbers_and_titles_end_none() -> None:
    assert sentences("1. The bell rang. Dr. Lee came! Why? No. 4 was full.") == [
        "1. The bell rang.", "Dr. Lee came!", "Why?", "No. 4 was full.",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_easy_lines_of_every_wording_carry_its_values_and_are_short(language: str) -> None:
    from wellheard.resolve.formats.policy import _page

    most = format_policy().most_words[language]
    for code, lines in _page("easy-2026-11.json")["lines"].items():
        places = places_in(text_of(code, language))
        assert places_in(" ".join(lines[language])) == places, (code, language)
        assert all(len(line.split()) <= most for line in lines[language]), (code, language)
        values = {place: f"<{place}>" for place in places}
        part = Part("rights", "x", (say(code, language, **values),))
        (made,) = easy_parts([part], easy_variants(language), {}, most_words=most)
        written = [line.text.replace("\u2068", "").replace("\u2069", "") for line in made.lines]
        assert written == [line.format(**values) for line in lines[language]]


def test_every_part_of_every_letter_has_a_picture_of_ours() -> None:
    policy = format_policy()
    for pack in (US, ENGLAND):
        for rule in pack.letters.values():
            for element in rule.elements:
                assert policy.symbol_of[element.code] in policy.symbols


def test_line_that_is_too_long_waits_for_a_person_whose_words_take_its_place() -> None:
    long = " ".join(["word"] * 15) + "."
    part = Part("results", "What we found", (f"Short one. {long}", "Last."))
    (hard,) = easy_parts([part], (), {}, most_words=14)
    assert [(line.number, line.is_hard) for line in hard.lines] == [
        (1, False), (2, True), (3, False),
    ]  # fmt: skip
    assert not is_ready([hard], 2.0, 6)
    (mended,) = easy_parts([part], (), {2: "We asked.\nWe looked."}, most_words=14)
    assert [line.text for line in mended.lines] == [
        "Short one.",
        "We asked.",
        "We looked.",
        "Last.",
    ]
    assert is_ready([mended], 2.0, 6) and not is_ready([mended], 7.0, 6)
    assert is_ready([mended], None, 6), "no formula for Arabic: lines decide"


def test_hard_words_in_short_lines_are_found_by_the_grade() -> None:
    def grade(text: str) -> float:
        parts = easy_parts([Part("results", "x", (text,))], (), {}, most_words=14)
        found = grade_of(parts, "en")
        assert found is not None
        return found

    assert grade("The bell rang. Nobody came. That was wrong.") < 4
    assert grade("Organisational deficiencies necessitated investigation.") > 12


@settings(max_examples=50)
@given(st.text("xyz019,", min_size=1), st.text("xyz019,", min_size=1))
def test_variant_finds_the_values_it_was_filled_with(one: str, other: str) -> None:
    variant = variant_of("Ask {a}; call {b}.", ["{a}", "{b}"])
    match = variant.pattern.fullmatch(f"Ask {one}; call {other}.")
    assert match is not None and match.groupdict() == {"a": one, "b": other}


MP4, WEBM = b"\0\0\0\x20ftypisom" + b"\0" * 40, b"\x1aE\xdf\xa3....webm" + b"\0" * 40


def test_video_is_told_by_its_content() -> None:
    assert read_video(MP4, most=99) == "video/mp4"
    assert read_video(WEBM, most=99) == "video/webm"
    for content, why in ((b"", "empty"), (MP4, "large"), (b"<svg/>" * 9, "kind"),
                         (b"\0\0\0\x20ftypheic" + b"\0" * 40, "kind")):  # fmt: skip
        with pytest.raises(FileRefusedError) as refused:
            read_video(content, most=20 if why == "large" else 99)
        assert refused.value.why == why


def test_sound_is_no_photo_and_not_endless() -> None:
    assert read_sound(b"RIFF\0\0\0\0WAVE" + b"\0" * 40, most=99) == "audio/wav"
    with pytest.raises(FileRefusedError):
        read_sound(b"RIFF\0\0\0\0WAVE" + b"\0" * 99, most=99)
    with pytest.raises(FileRefusedError):
        read_sound(b"%PDF-1.7", most=99)


@pytest.mark.parametrize(
    ("said", "span"),
    [("", None), ("bytes=0-", (0, 99)), ("bytes=10-19", (10, 19)), ("bytes=90-500", (90, 99)),
     ("bytes=-10", (90, 99)), ("bytes=1-2,5-6", None), ("lines=1-2", None), ("bytes=a-b", None)],
)  # fmt: skip
def test_part_that_a_player_asks_for(said: str, span: tuple[int, int] | None) -> None:
    assert byte_range(said, 100) == span


def test_part_outside_the_file_is_refused() -> None:
    for said in ("bytes=100-", "bytes=50-40"):
        with pytest.raises(ValueError, match="outside"):
            byte_range(said, 100)
