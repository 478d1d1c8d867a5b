"""Which kind of question a comment answers: what was good, what could improve, or neither."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from wellheard.measures.text.features import QUESTION_KINDS
from wellheard.measures.text.folding import fold
from wellheard.measures.text.lexicons import FOLDER


@lru_cache(maxsize=1)
def _cue_words() -> Mapping[str, Sequence[str]]:
    content = json.loads((FOLDER / "questions-1.json").read_text(encoding="utf-8"))
    return {kind: [fold(cue) for cue in cues] for kind, cues in content["kinds"].items()}


@lru_cache(maxsize=1_000)
def question_kind(question: str | None) -> str:
    """One of QUESTION_KINDS, from a kind as named in the data or from the question's own words."""
    plain = fold(question or "").strip()
    if plain.replace(" ", "_") in QUESTION_KINDS:
        return plain.replace(" ", "_")
    cues = _cue_words()
    asks = {kind: any(cue in plain for cue in listed) for kind, listed in cues.items()}
    if not plain or asks["both"]:
        return "nonspecific"
    if asks["could_improve"]:
        return "could_improve"
    return "what_good" if asks["what_good"] else "nonspecific"
