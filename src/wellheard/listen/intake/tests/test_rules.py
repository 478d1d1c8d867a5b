"""The pure rules of intake: words, references, deadlines, copies, files."""

from __future__ import annotations

import itertools
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.listen.intake.policy import policy
from wellheard.listen.intake.rules.duplicates import Told, find_copies, likeness
from wellheard.listen.intake.rules.files import FileRefusedError, read_file
from wellheard.listen.intake.rules.references import ALPHABET, new_reference, tidy_reference
from wellheard.listen.intake.rules.triage import decide_by, decided_already, first_owner
from wellheard.listen.intake.rules.words import LONGEST, TooLongError, read_words

AT = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
STORY = (
    "I rang the bell three times during the night and nobody came, I had to walk to the toilet "
    "alone although I had been told not to get up after my operation."
)


def told(number: int, text: str, *, days: float = 0, place: int | None = 1, who: str = "") -> Told:
    return Told(number, text, AT + timedelta(days=days), place, who)


# -- words -----------------------------------------------------------------------------------------


def test_words_keep_emoji_marks_and_direction() -> None:
    said = "Thank you 👩🏽‍⚕️ <b>so</b> much\nشكرا \u200f(مرحبا)\u200f"
    assert read_words(said) == said


def test_words_lose_null_bytes_and_control_characters() -> None:
    assert read_words("\x00No\x08body\r\ncame\r\x1b[31m\ufeff") == "Nobody\ncame\n[31m"


def test_words_of_the_longest_length_are_kept_and_one_more_is_refused_without_quoting_it() -> None:
    assert len(read_words("é" * LONGEST)) == LONGEST
    with pytest.raises(TooLongError) as refused:
        read_words("secret " * 10_000)
    assert "secret" not in str(refused.value)


@given(st.text(max_size=300))
def test_words_read_twice_are_the_same(raw: str) -> None:
    once = read_words(raw)
    assert read_words(once) == once
    assert "\x00" not in once


# -- references -------------------------------------------------------------------------------------


def test_reference_has_no_letters_that_look_alike() -> None:
    assert not set("01OILU") & set(ALPHABET)
    symbols = itertools.cycle(ALPHABET)
    assert new_reference(lambda _: next(symbols)) == "C-23456789"


@pytest.mark.parametrize("typed", ["c-7k3f9q2m", "C 7K3F 9Q2M", "c7k3f9q2m"])
def test_reference_is_read_however_it_is_typed(typed: str) -> None:
    assert tidy_reference(typed) == "C-7K3F9Q2M"


# -- deadlines --------------------------------------------------------------------------------------


@pytest.mark.capability("B22")
def test_decision_is_due_after_the_next_working_day_over_a_weekend_and_a_holiday() -> None:
    friday = datetime(2026, 5, 22, 20, 0, tzinfo=UTC)  # Memorial Day follows on Monday
    due = decide_by(friday, zone="America/Chicago", holidays_in="US", policy=policy())
    assert due == datetime(2026, 5, 27, 5, 0, tzinfo=UTC)  # Wednesday 00:00 in Chicago


def test_old_words_arrive_as_history_and_marks_alone_are_counted() -> None:
    def decided(text: str, rating: float | None, days: int) -> str:
        return decided_already(
            text=text,
            rating=rating,
            received_at=AT - timedelta(days=days),
            recorded_at=AT,
            policy=policy(),
        )

    assert decided("Slow", 2, 31) == "history"
    assert decided("", 4, 0) == "counted"
    assert decided("Slow", None, 30) == ""


def test_owner_is_of_the_first_role_that_has_anybody() -> None:
    assert first_owner({"px_specialist": [4], "nurse_manager": [9, 2]}, policy()) == 9
    assert first_owner({"front_desk": [1]}, policy()) is None


# -- copies -----------------------------------------------------------------------------------------


@pytest.mark.capability("B16")
def test_same_story_by_three_channels_is_two_copies_of_the_first() -> None:
    by_letter = STORY.upper().replace(",", " -").replace("three", "3")
    found = find_copies(
        [told(2, STORY.replace("during", "in"), days=1, place=None), told(3, by_letter, days=2)],
        [told(1, STORY)],
        policy(),
    )
    assert {copy: first for copy, (first, _) in found.items()} == {2: 1, 3: 1}


def test_chain_of_copies_names_the_first() -> None:
    new = [told(number, STORY, days=number) for number in (1, 2, 3)]
    found = find_copies(new, [], policy())
    assert {copy: first for copy, (first, _) in found.items()} == {2: 1, 3: 1}


@pytest.mark.parametrize(
    ("case", "second"),
    [
        ("two known people", told(2, STORY, who="other")),
        ("another place", told(2, STORY, place=2)),
        ("too long after", told(2, STORY, days=8)),
        ("another story", told(2, STORY.replace("nobody came", "they came at once") + " Thanks!")),
    ],
)
def test_not_a_copy(case: str, second: Told) -> None:
    first = told(1, STORY, who="one" if case == "two known people" else "")
    assert find_copies([second], [first], policy()) == {}


def test_short_words_are_copies_only_of_the_same_person() -> None:
    first = told(1, "Very good care", who="p7")
    assert find_copies([told(2, "Very good care")], [first], policy()) == {}
    assert list(find_copies([told(2, "very good care!", who="p7")], [first], policy())) == [2]


def test_likeness_ignores_case_and_marks() -> None:
    assert likeness("Nobody came.", "NOBODY\n came") == 100


# -- files ------------------------------------------------------------------------------------------


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    head = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments
    )
    return b"\xff\xd8" + head + b"\xff\xda\x00\x02picture\xff\xd9"


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        struct.pack(">I4s", len(data), name) + data + b"\0\0\0\0" for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.capability("B08")
def test_photo_keeps_the_picture_and_loses_where_it_was_taken() -> None:
    received = read_file(
        jpeg((0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0GPS 41.8,-87.6"), (0xFE, b"by Ana"))
    )
    assert (received.kind, received.content_type) == ("photo", "image/jpeg")
    assert received.content == jpeg((0xE0, b"JFIF\0"))


def test_png_loses_its_text_chunks() -> None:
    kept = read_file(png((b"IHDR", b"x"), (b"tEXt", b"Author\0Ana"), (b"IEND", b""))).content
    assert kept == png((b"IHDR", b"x"), (b"IEND", b""))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\x00\x00\x00\x20ftypM4A rest", "audio/mp4"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"\x1aE\xdf\xa3webm", "audio/webm"),
    ],
)
def test_voice_note_is_known_by_its_content(content: bytes, content_type: str) -> None:
    received = read_file(content)
    assert (received.kind, received.content_type) == ("voice", content_type)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "kind"),
        (b"MZ\x90\x00", "kind"),
        (b"\xff\xd8\xff\xe1\xff\xff", "kind"),
        (b"\x00\x00\x00\x20ftypheic", "kind"),
        (b"OggS" + b"\0" * 15_000_001, "large"),
    ],
)
def test_file_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_file(content)
    assert refused.value.why == why
