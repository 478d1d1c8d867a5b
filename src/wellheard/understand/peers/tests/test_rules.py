"""Packs as bytes: written the same every time, read with care, compared only like with like."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.understand.peers.rules import (
    Pack,
    PackRefusedError,
    PeerFigure,
    beside,
    definition_digest,
    read_file,
    read_pack,
    sealed_file,
    written,
)

FIGURE = PeerFigure(
    measure="quiet",
    title="Quiet at night",
    definition="abc",
    statistic="top_box",
    scope="all",
    n=200,
    estimate=60.0,
    low=53.1,
    high=66.5,
    level=0.95,
    method="Wilson interval",
    adjustment="not adjusted",
)
PACK = Pack(
    organisation="St. Elsewhere",
    made_on=date(2026, 2, 1),
    start_on=date(2025, 1, 1),
    stop_on=date(2026, 1, 1),
    minimum=11,
    policy="cells 2026-11",
    figures=(FIGURE,),
)


def test_pack_comes_back_as_it_was_written() -> None:
    assert read_pack(written(PACK)) == PACK


def test_file_comes_back_byte_for_byte() -> None:
    data = written(replace(PACK, organisation="مستشفى Añil"))
    envelope = read_file(sealed_file(data, "k" * 64, "s"))
    assert (envelope.data, envelope.key, envelope.signature) == (data, "k" * 64, "s")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(PackRefusedError):
        read_file(raw)
    with pytest.raises(PackRefusedError):
        read_pack(raw)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other"}, "not a peer pack"),
        ({"format_version": 9}, "same version"),
        ({"stop_on": "2024-01-01"}, "ends before it begins"),
        ({"figures": "none"}, "no list of figures"),
        ({"organisation": " "}, "empty"),
        ({"made_on": "yesterday"}, "damaged"),
        ({"minimum": None}, "damaged"),
    ],
)
def test_pack_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    page = json.loads(written(PACK)) | changes
    with pytest.raises(PackRefusedError, match=words):
        read_pack(json.dumps(page).encode())


@pytest.mark.capability("M02")
@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (replace(FIGURE, n=10), "fewer than 11 people"),
        (replace(FIGURE, estimate=float("nan")), "not a number"),
        (replace(FIGURE, high=50.0), "outside its interval"),
    ],
)
def test_figure_that_may_not_be_given_is_refused(figure: PeerFigure, words: str) -> None:
    with pytest.raises(PackRefusedError, match=words):
        read_pack(written(replace(PACK, figures=(figure,))))


def test_figure_given_twice_is_refused() -> None:
    with pytest.raises(PackRefusedError, match="twice"):
        read_pack(written(replace(PACK, figures=(FIGURE, FIGURE))))


def test_only_equal_definitions_stand_side_by_side() -> None:
    packs = {
        "Same": PACK,
        "Other": replace(PACK, figures=(replace(FIGURE, definition="xyz"),)),
        "None": replace(PACK, figures=()),
    }
    found = [(each.peer, each.figure, each.refused) for each in beside(FIGURE, packs)]
    assert found == [
        ("Same", FIGURE, ""),
        ("Other", None, "definition"),
        ("None", None, "absent"),
    ]


def test_definition_is_another_when_it_counts_otherwise() -> None:
    one = definition_digest("pulse.quiet", "top_box", [4], [], (1, 4))
    assert one == definition_digest("pulse.quiet", "top_box", {4}, (), (1, 4))
    assert one != definition_digest("pulse.quiet", "top_box", [3, 4], [], (1, 4))
