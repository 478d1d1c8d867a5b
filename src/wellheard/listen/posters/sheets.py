"""Drawing a poster: a tagged PDF (PDF/UA-1) or an SVG, set by typst with our own fonts.

typst and segno are loaded on the first poster, not at the start of the server.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from wellheard.base import pages
from wellheard.listen.posters.rules import PAPERS, Poster

_FONTS = Path(str(pages.__file__)).parent / "fonts"
_CODE_ALT = "QR code for {address}"


def draw(poster: Poster, *, paper: str, kind: Literal["pdf", "svg"]) -> bytes:
    """The sheet. ``paper``: "a4" or "letter". Raises KeyError for another paper."""
    import typst

    options: dict[str, Any] = {"pdf_standards": ["ua-1"]} if kind == "pdf" else {}
    drawn = typst.compile(
        files(__package__).joinpath("data", "poster.typ").read_bytes(),
        format=kind,
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"poster": _inputs(poster, PAPERS[paper]), "code": qr_svg(poster.address)},
        **options,
    )
    return bytes(drawn[0] if isinstance(drawn, list) else drawn)


def qr_svg(address: str) -> str:
    """The QR code as SVG: error correction Q (a quarter may be dirty), four modules of quiet."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="q", micro=False, boost_error=True).save(
        out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, scale=4
    )
    return out.getvalue().decode()


def _inputs(poster: Poster, paper: str) -> str:
    words = [asdict(wording) | {"direction": wording.direction} for wording in poster.words]
    return json.dumps(
        {
            "paper": paper,
            "organisation": poster.organisation,
            "place": poster.place,
            "site": poster.site,
            "short-address": poster.short_address,
            "title": f"{poster.words[0].question} – {poster.place}",
            "description": f"Poster with the code for comment cards of {poster.place}",
            "code-alt": _CODE_ALT.format(address=poster.short_address),
            "words": words,
        },
        ensure_ascii=False,
    )
