"""How many parts a text message takes: GSM 7-bit (160, or 153 in parts) or UCS-2 (70, or 67)."""

from __future__ import annotations

from dataclasses import dataclass

# 3GPP TS 23.038, 6.2.1: the default alphabet, and its extension, whose characters count twice.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Size:
    """``units``: septets or 16-bit units; ``parts``: what the carrier bills."""

    alphabet: str
    units: int
    parts: int


def size_of(text: str) -> Size:
    """The size of a text as a carrier counts it."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        return _size("GSM-7", [1 + (char in _EXTENDED) for char in text], 160, 153)
    return _size("UCS-2", [1 + (ord(char) > 0xFFFF) for char in text], 70, 67)


def _size(alphabet: str, widths: list[int], alone: int, in_parts: int) -> Size:
    units = sum(widths)
    if units <= alone:
        return Size(alphabet, units, 1 if units else 0)
    return Size(alphabet, units, _parts(widths, in_parts))


def _parts(widths: list[int], most: int) -> int:
    """A character of two units is never cut in half: a part may end one unit early."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > most:
            parts, filled = parts + 1, 0
        filled += width
    return parts
