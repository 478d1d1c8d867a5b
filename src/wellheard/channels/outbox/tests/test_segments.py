"""The segment counter, against the limits of 3GPP TS 23.038 and 23.040."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.channels.outbox.segments import Size, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("GSM-7", 0, 0)),
        ("a" * 160, Size("GSM-7", 160, 1)),
        ("a" * 161, Size("GSM-7", 161, 2)),
        ("a" * 306, Size("GSM-7", 306, 2)),
        ("a" * 307, Size("GSM-7", 307, 3)),
        ("€" * 80, Size("GSM-7", 160, 1)),
        ("€" * 81, Size("GSM-7", 162, 2)),
        # 153 is odd: an escaped character may not be cut, so each part holds 76 of them.
        ("€" * 153, Size("GSM-7", 306, 3)),
        ("ñ¿¡Ñüà", Size("GSM-7", 6, 1)),
        ("á", Size("UCS-2", 1, 1)),
        ("ا" * 70, Size("UCS-2", 70, 1)),
        ("ا" * 71, Size("UCS-2", 71, 2)),
        ("ا" * 134, Size("UCS-2", 134, 2)),
        ("ا" * 135, Size("UCS-2", 135, 3)),
        ("😀" * 35, Size("UCS-2", 70, 1)),
        ("😀" * 67, Size("UCS-2", 134, 3)),
    ],
)
def test_size_of_text(text: str, size: Size) -> None:
    assert size_of(text) == size


@given(st.text(max_size=400))
def test_parts_hold_the_whole_text(text: str) -> None:
    size = size_of(text)
    room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[size.alphabet]
    most = room[0] if size.parts <= 1 else room[1] * size.parts
    assert size.units <= most
    assert (size.parts == 0) == (text == "")
