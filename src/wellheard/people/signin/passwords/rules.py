"""Pure decisions about a password. No rules of composition: they make people choose worse ones."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Literal

Problem = Literal["short", "long", "common", "repeats", "runs", "about_you"]

ALONE, WITH_SECOND_FACTOR, LONGEST = 15, 8, 1000
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qawsedrftgyhujikolp",
)
# What must be left of a password once the words that belong to its owner are taken out.
_LEFT = 8


def problems(
    password: str, *, second_factor: bool, common: Collection[str], context: Iterable[str]
) -> list[Problem]:
    """What is wrong with a password, the shortest remedy first; [] when nothing is.

    `common` holds lower-case passwords; `context` words of the account and its organisation.
    """
    if len(password) < (WITH_SECOND_FACTOR if second_factor else ALONE):
        return ["short"]
    if len(password) > LONGEST:
        return ["long"]
    plain = unicodedata.normalize("NFKC", password).casefold()
    bare = re.sub(r"[\W_]", "", plain)
    checks: list[tuple[Problem, bool]] = [
        ("common", plain in common or bare in common),
        ("repeats", repeats(bare or plain)),
        ("runs", runs(bare)),
        ("about_you", only_about(bare, context)),
    ]
    return [problem for problem, found in checks if found]


def repeats(text: str) -> bool:
    """Whether a text is one short piece over and over, or made of two letters."""
    return len(set(text)) <= 2 or bool(re.fullmatch(r"(.{1,7}?)\1{1,}.{0,3}", text, re.DOTALL))


def runs(text: str) -> bool:
    """Whether a text is a walk along the alphabet, the digits or the keyboard."""
    return bool(text) and any(text in row * 2 or text in (row * 2)[::-1] for row in _ROWS)


def only_about(text: str, context: Iterable[str]) -> bool:
    """Whether little is left once the owner's own words (of 4 letters and more) are taken out."""
    left = text
    for word in sorted(set(words_of(context)), key=len, reverse=True):
        left = left.replace(word, "")
    return left != text and len(left) < _LEFT


def words_of(context: Iterable[str]) -> list[str]:
    """The lower-case words of 4 letters and more in some texts."""
    joined = " ".join(context).casefold()
    return [word for word in re.split(r"[\W_]+", joined) if len(word) >= 4]
