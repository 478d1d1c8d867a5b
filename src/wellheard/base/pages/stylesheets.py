"""The shipped stylesheets, put together from the sources in ``styles/``.

The browser gets one file per kind of page: ``patient.css`` holds only what a patient page needs,
``staff.css`` holds that and the staff components. Both start with the tokens, written once in
``styles/tokens.json`` and unfolded here into a light and a dark half.
"""

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "styles"
TARGETS = HERE / "static" / "wellheard"

LAYERS = "@layer tokens, base, layout, components, feature, utilities, print;"
SHEETS: dict[str, tuple[str, ...]] = {
    "patient.css": ("base", "layout", "components", "utilities", "print"),
    "staff.css": (
        "base",
        "layout",
        "components",
        "staff_layout",
        "staff_components",
        "staff_reading",
        "utilities",
        "print",
    ),
}


def build() -> dict[str, str]:
    """Return the text of every shipped stylesheet by file name."""
    tokens = token_css(load_tokens())
    return {
        name: LAYERS + tokens + "".join(squeeze(read(part)) for part in parts) + "\n"
        for name, parts in SHEETS.items()
    }


def write() -> list[Path]:
    """Write the stylesheets beside the other static files; return their paths."""
    written = []
    for name, text in build().items():
        (TARGETS / name).write_text(text, encoding="utf-8")
        written.append(TARGETS / name)
    return written


def load_tokens() -> dict[str, Any]:
    """Return the design tokens."""
    tokens: dict[str, Any] = json.loads((SOURCES / "tokens.json").read_text(encoding="utf-8"))
    return tokens


def read(part: str) -> str:
    """Return one source stylesheet."""
    return (SOURCES / f"{part}.css").read_text(encoding="utf-8")


def token_css(tokens: dict[str, Any]) -> str:
    """Unfold the tokens: light for all media, dark by preference or by ``data-theme``.

    Dark is for screens only, so that a page printed from a dark screen does not print black.
    """
    light = declarations(tokens["light"]) + "color-scheme:light;"
    dark = declarations(tokens["dark"]) + "color-scheme:dark;"
    return (
        "@layer tokens{"
        f":root{{{declarations(tokens['fixed'])}}}"
        f":root,[data-theme=light]{{{light}}}"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{[data-theme=dark]{{{dark}}}}}"
        "}"
    )


def declarations(values: dict[str, str]) -> str:
    """Return custom properties in the order they are written."""
    return "".join(f"--{name}:{value};" for name, value in values.items())


def squeeze(css: str) -> str:
    """Drop comments and needless space; nothing cleverer, so that the result stays readable."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};]) ?", r"\1", css)
    css = re.sub(r"(?<=[a-z-]): (?=[^{}]*[;}])", ":", css)
    return css.replace(";}", "}").strip()
