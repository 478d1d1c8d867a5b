"""Reading what patients write back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.channels.inbound.rules import Reading, read_reply
from wellheard.channels.inbound.vocabulary import answer_to, reply_words
from wellheard.channels.outbox.wording import lint

WORDS = reply_words()


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [
        ("STOP", "stop", "en"),
        (" stop! ", "stop", "en"),
        ("Stop please", "stop", "en"),
        ("STOP ALL", "stop", "en"),
        ("Opt-out", "stop", "en"),
        ("opt out", "stop", "en"),
        ("Quit", "stop", "en"),
        ("END", "stop", "en"),
        ("revoke", "stop", "en"),
        ("cancel", "stop", "en"),
        ("UNSUBSCRIBE", "stop", "en"),
        ("alto por favor", "stop", "es"),
        ("No mas", "stop", "es"),
        ("توقّف", "stop", "ar"),
        ("من فضلك توقف", "stop", "ar"),
        ("START", "start", "en"),
        ("Help", "help", "en"),
        ("información", "help", "es"),
        ("مساعدة", "help", "ar"),
    ],
)
def test_word_alone_is_the_word(text: str, word: str, language: str) -> None:
    assert read_reply(text, WORDS) == Reading(word, language, says_more=False)


@pytest.mark.parametrize(
    "text",
    [
        "Stop texting me, my mother died in your ward",
        "Please don't text this number any more",
        "por favor no me envíen nada",
        "لا ترسلوا لي شيئا",
        "wrong number",
    ],
)
def test_sentence_about_our_messages_stops_and_is_read(text: str) -> None:
    reading = read_reply(text, WORDS)
    assert (reading.word, reading.says_more) == ("stop", True)


@pytest.mark.parametrize(
    "text",
    [
        "The pain did not stop all night",
        "Can I cancel my appointment?",
        "In the end they were kind",
        "I need help, nobody came",
        "start of the story",
        "Fin de semana",
        "👍",
        "",
        "   ",
    ],
)
def test_anything_else_is_an_answer(text: str) -> None:
    assert read_reply(text, WORDS).word == "reply"


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert read_reply(text, WORDS).word in {"stop", "start", "help", "reply"}


@pytest.mark.parametrize("word", ["stop", "start", "help"])
def test_answers_pass_the_linter(word: str) -> None:
    assert lint(answer_to(word)) == ()
