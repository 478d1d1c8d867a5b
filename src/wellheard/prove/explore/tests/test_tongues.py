"""The same question in Spanish and in Arabic means what it means in English."""

from __future__ import annotations

from datetime import date

import pytest

from wellheard.prove.explore.rules import Named, understand

pytestmark = pytest.mark.capability("G09")
TODAY = date(2026, 11, 29)
NAMES = [
    Named("place", "7", "Ward 7 Medicine"),
    Named("place", "9", "La Paz"),
    *(
        Named("measure", code, code.replace("_", " "))
        for code in ("help_soon", "wait_told", "nurse_listen", "respect", "rating")
    ),
]
ALIKE = [
    ("What do people say about food?", "¿Qué dice la gente sobre la comida?",
     "ماذا يقول الناس عن الطعام؟"),
    ("Which clinics got worse on waiting?", "¿Qué clínicas empeoraron en tiempos de espera?",
     "أي العيادات ساءت في وقت الانتظار؟"),
    ("Compare respect by language", "Compara el respeto por idioma", "قارن الاحترام حسب اللغة"),
    ("What do Spanish speakers say about nurses?",
     "¿Qué dicen los hablantes de español sobre las enfermeras?",
     "ماذا يقول المتحدثون بالإسبانية عن الممرضات؟"),
    ("What did people praise last month?", "¿Qué elogiaron los pacientes el mes pasado?",
     "ماذا مدح المرضى الشهر الماضي؟"),
    ("overall rating in the last 6 months", "valoración en los últimos 6 meses que hubo",
     "التقييم في آخر 6 أشهر"),
]  # fmt: skip


@pytest.mark.parametrize(("english", "spanish", "arabic"), ALIKE)
def test_question_means_the_same_in_three_languages(
    english: str, spanish: str, arabic: str
) -> None:
    meant = understand(english, NAMES, today=TODAY)
    assert meant.is_something and not meant.unknown
    for question in (spanish, arabic):
        found = understand(question, NAMES, today=TODAY)
        # "hubo" is a filler the list does not hold: said to be left out, not guessed
        left = {"unknown": tuple(word for word in found.unknown if word != "hubo")}
        assert {**_parts(found), **left} == _parts(meant), question


def _parts(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__slots__}  # type: ignore[attr-defined]


def test_name_of_a_place_is_not_taken_apart() -> None:
    found = understand("¿Cómo va La Paz desde marzo?", NAMES, today=TODAY)
    assert (found.place, found.since) == (9, date(2026, 3, 1))
    ward = understand("¿Qué dicen sobre el timbre en Ward 7 Medicine?", NAMES, today=TODAY)
    assert (ward.place, ward.theme, ward.wants) == (7, "call_bell", "comments")


def test_what_nobody_knows_is_said_to_be_left_out() -> None:
    found = understand("¿Qué dicen sobre los unicornios?", NAMES, today=TODAY)
    assert found.unknown == ("unicornios",) and not found.is_something
    found = understand("ماذا يقول الناس عن التنانين؟", NAMES, today=TODAY)
    assert len(found.unknown) == 1
