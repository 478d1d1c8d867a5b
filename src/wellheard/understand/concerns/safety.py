"""Looking for must-not-miss words by themselves, before and without any reading of the comment."""

from __future__ import annotations


def safety_groups(text: str) -> tuple[str, ...]:
    """The must-not-miss groups whose phrases stand in a text, each once, in any language.

    Uses the engine's lexicon; when the comment model cannot be read, the bare lexicon, which then
    takes more words for misspelt ones: better a concern too many than one too few.
    """
    # Loads numpy: the pages that show concerns do without.
    from wellheard.measures.text.engine import SAFETY, load_engine
    from wellheard.measures.text.lexicons import load_lexicon
    from wellheard.measures.text.model import ModelError
    from wellheard.measures.text.prepared import prepare

    try:
        lexicon = load_engine().safety
    except ModelError:
        lexicon = load_lexicon(SAFETY)
    return tuple(dict.fromkeys(phrase.group for phrase in lexicon.find(prepare(text))))
