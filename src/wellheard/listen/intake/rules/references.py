"""References a person can read out: no letter or digit that sounds or looks like another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# Without 0/O, 1/I/L and U (no accidental words).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYMBOLS = 8
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})


def new_reference(choose: Callable[[Sequence[str]], str]) -> str:
    """A reference such as "C-7K3F9Q2M"; ``choose`` picks one symbol (secrets.choice)."""
    return "C-" + "".join(choose(ALPHABET) for _ in range(_SYMBOLS))


def tidy_reference(typed: str) -> str:
    """The reference a person meant by what they typed or dictated ("c 7k3f 9q2m")."""
    symbols = typed.upper().translate(_READ_AS)
    return f"C-{symbols[1:]}" if symbols.startswith("C") else symbols
