"""What kind of question was asked."""

from __future__ import annotations

import pytest

from wellheard.measures.text.questions import question_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (None, "nonspecific"),
        ("", "nonspecific"),
        ("what_good", "what_good"),
        ("Could improve", "could_improve"),
        ("What was good?", "what_good"),
        ("How could we improve?", "could_improve"),
        ("What could we do better?", "could_improve"),
        ("FFT Why?", "nonspecific"),
        ("¿Qué podríamos mejorar?", "could_improve"),
        ("¿Qué hicimos bien?", "what_good"),
        ("كيف يمكننا التحسين؟", "could_improve"),
        ("Anything else?", "nonspecific"),
    ],
)
def test_the_kind_is_read_from_the_question(question: str | None, kind: str) -> None:
    assert question_kind(question) == kind
