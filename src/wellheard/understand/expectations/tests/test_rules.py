"""Which sentences ask for a tool, and what changed between two scans; no database."""

from __future__ import annotations

import pytest

from wellheard.understand.expectations.policy import tool_lexicon
from wellheard.understand.expectations.rules import Found, Tools, compared

LEXICON = tool_lexicon()
TOOLS = Tools(LEXICON.tools, LEXICON.asking)


@pytest.mark.capability("F11")
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I wish there was an app to see when my turn is.", {"app"}),
        ("You should have a patient portal. The nurses were lovely.", {"portal"}),
        ("No wifi on the ward and nowhere to plug in my charger!", {"wifi", "charger"}),
        ("Why can't I book an appointment online?", {"online_booking"}),
        ("It would be nice to get a text message when you run late", {"text_messages"}),
        ("Please offer video visits, the drive takes two hours", {"video_visit"}),
        ("Debería haber una aplicación para pedir la cita en línea", {"app", "online_booking"}),
        ("No hay wifi en la sala", {"wifi"}),
        ("أتمنى أن يكون هناك تطبيق للمواعيد", {"app"}),
        ("لا يوجد واي فاي في الغرفة", {"wifi"}),
        ("The app worked very well and told me everything.", set()),
        ("The doctor called me by video, lovely. I wish the food was warm.", set()),
        ("They apply a bandage, I need rest", set()),
    ],
)
def test_request_is_a_tool_and_a_wish_in_one_sentence(text: str, asked: set[str]) -> None:
    assert TOOLS.asked(text) == asked


def find(kind: str, code: str = "", *words: str) -> Found:
    return Found(kind, code, words, 20, 100, 1, 400, 0.0001, ())  # type: ignore[arg-type]


def test_finds_are_new_stay_or_are_gone_and_topics_are_known_by_their_words() -> None:
    before = [find("tool", "app"), find("topic", "", "parking", "garage closed"),
              find("theme", "food")]  # fmt: skip
    now = [find("topic", "", "garage", "level"), find("theme", "noise"), find("tool", "app")]
    found = compared(now, before, same_topic=0.5)
    assert found.new == (1,) and dict(found.stays) == {0: 1, 2: 0} and found.gone == (2,)
