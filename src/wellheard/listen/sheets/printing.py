"""Setting sheets with typst: one document for a whole run, and the place of each box.

typst and segno are loaded on the first run, not at the start of the server.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from wellheard.base import pages
from wellheard.listen.sheets import layout as lay
from wellheard.listen.sheets.content import Content
from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.rules import written_code

_FONTS = Path(str(pages.__file__)).parent / "fonts"
_SETTING: Any = {"font_paths": [str(_FONTS)], "ignore_system_fonts": True}
_BOX = {12: 4.6, 18: 6.0}
_MARGIN, _TOP, _BOTTOM = 20.0, 44.0, 44.0


@dataclass(frozen=True, slots=True)
class Printed:
    """What differs between the sheets of a run."""

    code: str
    place: str
    checks: Sequence[str]


def lay_out(content: Content, *, paper: str, size: int) -> Layout:
    """Set one sheet, and tell its pages and boxes. Raises KeyError for another paper."""
    width, height = lay.PAPERS[paper]
    # The number of pages is known once it is set; as many blank codes as could be needed.
    rows = _query(content, paper=paper, size=size)
    spots = lay.spots_of(rows)
    return Layout(width, height, max(spot.page for spot in spots), spots)


def print_run(content: Content, layout: Layout, sheets: Sequence[Printed], *, size: int) -> bytes:
    """The PDF of all sheets, page after page."""
    import typst

    codes = [
        {
            "code": sheet.code,
            "place": sheet.place,
            "pages": [
                [_code_svg(written_code(sheet.code, page, end, check)) for end in "AB"]
                for page, check in enumerate(sheet.checks, 1)
            ],
        }
        for sheet in sheets
    ]
    drawn = typst.compile(
        _source(),
        format="pdf",
        **_SETTING,
        sys_inputs={
            "sheet": _inputs(content, layout.width, layout.height, layout.pages, size),
            "codes": json.dumps(codes, ensure_ascii=False),
        },
    )
    return bytes(drawn[0] if isinstance(drawn, list) else drawn)


def _query(content: Content, *, paper: str, size: int) -> list[Mapping[str, Any]]:
    import typst

    width, height = lay.PAPERS[paper]
    blank = {"code": "", "place": "", "pages": [[_code_svg("WH1"), _code_svg("WH1")]]}
    told = typst.query(
        _source(),
        "<spot>",
        field="value",
        **_SETTING,
        sys_inputs={
            "sheet": _inputs(content, width, height, 1, size),
            "codes": json.dumps([blank]),
        },
    )
    rows: list[Mapping[str, Any]] = json.loads(told)
    return rows


def _inputs(content: Content, width: float, height: float, pages_of: int, size: int) -> str:
    return json.dumps(
        {
            **content.kept(),
            "size": size,
            "width": width,
            "height": height,
            "pages": pages_of,
            "margin": _MARGIN,
            "top": _TOP,
            "bottom": _BOTTOM,
            "box": _BOX[size],
            "mark": lay.MARK,
            "marks": lay.mark_places(width, height),
            "code": lay.CODE,
            "codes": lay.code_places(width, height),
            "foot": [60, height - 18, width - 120],
        },
        ensure_ascii=False,
    )


def _code_svg(words: str) -> str:
    """The code as SVG, a quarter of which may be dirty; its quiet zone is the paper around it."""
    import segno

    out = io.BytesIO()
    segno.make(words, error="q", micro=False, boost_error=False).save(
        out, kind="svg", border=0, dark="#000", xmldecl=False, omitsize=True
    )
    return out.getvalue().decode()


def _source() -> bytes:
    return files(__package__).joinpath("data", "sheet.typ").read_bytes()
