"""The bounded memory of words."""

from __future__ import annotations

from wellheard.measures.text.remembered import Remembered


def test_each_word_is_worked_out_once_until_the_memory_is_full() -> None:
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lengths = Remembered(length, 2)
    assert list(map(lengths.__getitem__, ["a", "bb", "a", "bb"])) == [1, 2, 1, 2]
    assert asked == ["a", "bb"]
    assert lengths["ccc"] == 3 and len(lengths) == 1
    assert lengths["a"] == 1 and asked == ["a", "bb", "ccc", "a"]
