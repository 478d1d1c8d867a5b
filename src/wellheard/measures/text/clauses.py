"""Cut a comment where it turns: at the end of a sentence, and at "but" and its like."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Final

from wellheard.measures.text.lexicons import FOLDER

_MOST: Final = 40
_SHORTEST_WORDS: Final = 2


@lru_cache(maxsize=1)
def _turns() -> re.Pattern[str]:
    content = json.loads((FOLDER / "clauses-1.json").read_text(encoding="utf-8"))
    words = [re.escape(word) for listed in content["turns"].values() for word in listed]
    joined = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"[.!?;\n\r؟؛]+|(?:[,،]\s*)?\b(?:{joined})\b", re.IGNORECASE)


def clauses(text: str) -> list[str]:
    """Clauses of two or more words, at most 40; a text that does not turn is one clause."""
    parts = [part.strip() for part in _turns().split(text, maxsplit=_MOST - 1)]
    return [part for part in parts if len(part.split()) >= _SHORTEST_WORDS]
