"""Which words of a lexicon a typed word may stand for: endings, slips, sounds, clitics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

from wellheard.measures.text.folding import fold_word
from wellheard.measures.text.remembered import Remembered

CACHE_LIMIT: Final = 50_000
# The lexicons ask for the same unknown word one after the other.
_MET_TOGETHER: Final = 256
_MIN_FUZZY: Final = 6
_MIN_TWO_SLIPS: Final = 9
_MAX_FUZZY: Final = 20
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_MIN_SOUND: Final = 5
_SPANISH_SOUNDS: Final = (
    ("qu", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("z", "s"), ("v", "b"), ("ll", "y"),
    ("h", ""), ("ge", "je"), ("gi", "ji"),
)  # fmt: skip
_DRAWN_OUT: Final = re.compile("([اوي])\\1+")
_ARABIC_PREFIXES: Final = (
    "وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س", "ح",
)  # fmt: skip
_NO_ATOMS: Final = frozenset[int]()
_ARABIC_SUFFIXES: Final = ("هما", "كما", "ني", "نا", "ها", "هم", "هن", "كم", "وا", "ه", "ك", "ي")


class PatternError(ValueError):
    """A lexicon line that cannot be read."""


class AtomTable:
    """Numbers for lexicon words; `of[word]` holds those a typed (folded) word may stand for."""

    def __init__(self, known_words: Callable[[str], bool]) -> None:
        self._known = known_words
        self._exact: dict[str, int] = {}
        self._strict: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        # Most words begin like no prefix of the lexicon: two letters tell.
        self._prefix_heads: set[str] = set()
        self._deletes: dict[str, set[str]] = {}
        self._words: list[str] = []
        self._sounds: dict[str, list[tuple[int, bool]]] = {}
        self.of: Remembered[frozenset[int]] = Remembered(self._look_up, CACHE_LIMIT)

    def add(self, raw: str) -> int:
        strict, prefix = raw.startswith("="), raw.endswith("*")
        word = fold_word(raw.strip("=*"))
        if not word:
            raise PatternError(f"{raw!r} is no word")
        table = self._prefixes if prefix else self._strict if strict else self._exact
        if word not in table:
            table[word] = len(self._words)
            if prefix:
                self._prefix_heads.add(word[:2])
            self._words.append(word)
            self._add_slips(word, table[word], prefix=prefix, strict=strict)
        return table[word]

    def _add_slips(self, word: str, atom: int, *, prefix: bool, strict: bool) -> None:
        if strict or _ARABIC.search(word):
            return
        if not prefix and len(word) >= _MIN_FUZZY:
            self._add_deletes(word)
        if len(word) >= _MIN_SOUND:
            self._sounds.setdefault(_spanish_sound(word), []).append((atom, prefix))

    def commonness(self, atoms: Iterable[int]) -> float:
        """How likely these atoms are to be met: short words are common, many atoms too."""
        return sum(1.0 / len(self._words[atom]) ** 2 for atom in atoms)

    def _look_up(self, word: str) -> frozenset[int]:
        if word.isascii() or not _ARABIC.search(word):
            whole, begun = self._whole(word), self._begun(word)
        else:
            forms = _arabic_forms(word)
            whole = [atom for form in forms for atom in self._whole(form)]
            begun = [atom for form in forms for atom in self._begun(form)]
        if whole or len(word) > _MAX_FUZZY or self._known(word):
            return frozenset(whole + begun) if whole or begun else _NO_ATOMS
        if len(word) >= _MIN_FUZZY:
            begun += [self._exact[near] for near in self._near(word)]
        return frozenset(begun or self._sounds_like(word))

    def _whole(self, form: str) -> list[int]:
        return [table[form] for table in (self._exact, self._strict) if form in table]

    def _begun(self, form: str) -> list[int]:
        if form[:2] not in self._prefix_heads:
            return []
        beginnings = [form[:end] for end in range(2, min(len(form), _MAX_FUZZY) + 1)]
        return [self._prefixes[part] for part in beginnings if part in self._prefixes]

    def _sounds_like(self, word: str) -> Iterator[int]:
        """Atoms of the same sound in Spanish spelling ("kiero", "biviendo")."""
        sound = _spanish_sound(word)
        for end in range(_MIN_SOUND, len(sound) + 1):
            whole = end == len(sound)
            for atom, is_prefix in self._sounds.get(sound[:end], ()):
                if whole or is_prefix:
                    yield atom

    def _add_deletes(self, word: str) -> None:
        for variant in _deletes(word, 2 if len(word) >= _MIN_TWO_SLIPS else 1):
            self._deletes.setdefault(variant, set()).add(word)

    def _near(self, word: str) -> Iterator[str]:
        slips = 2 if len(word) >= _MIN_TWO_SLIPS else 1
        shared = self._deletes.keys() & _deletes(word, slips)
        for near in {near for variant in shared for near in self._deletes[variant]}:
            allowed = 2 if len(near) >= _MIN_TWO_SLIPS else 1
            if near[0] == word[0] and edit_distance(word, near) <= allowed:
                yield near


@lru_cache(maxsize=_MET_TOGETHER)
def _spanish_sound(word: str) -> str:
    """One spelling for what Spanish pronounces alike: b/v, c/k/qu, s/z/soft c, y/ll, silent h."""
    for written, sounded in _SPANISH_SOUNDS:
        word = word.replace(written, sounded)
    return word


def _arabic_forms(word: str) -> set[str]:
    """The word with and without one prefix and one suffix (at least three letters stay)."""
    whole = {word, _DRAWN_OUT.sub(r"\1", word)}
    stems = whole | {
        w[len(p) :] for w in whole for p in _ARABIC_PREFIXES if _strips(w, w.startswith(p), p)
    }
    cut = {s[: -len(e)] for s in stems for e in _ARABIC_SUFFIXES if _strips(s, s.endswith(e), e)}
    return stems | cut


def _strips(word: str, fits: bool, affix: str) -> bool:
    return fits and len(word) - len(affix) >= 3


@lru_cache(maxsize=_MET_TOGETHER)
def _deletes(word: str, slips: int) -> frozenset[str]:
    """The word itself and every form with up to `slips` (one or two) letters left out."""
    size = len(word)
    forms = [word, *(word[:i] + word[i + 1 :] for i in range(size))]
    if slips > 1:
        forms += [word[:i] + word[i + 1 : j] + word[j + 1 :] for i, j in _pairs(size)]
    return frozenset(forms)


@lru_cache(maxsize=_MAX_FUZZY)
def _pairs(size: int) -> Sequence[tuple[int, int]]:
    return list(combinations(range(size), 2))


def edit_distance(left: str, right: str) -> int:
    """Letters missing, added, changed, or neighbours swapped, between two words."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
