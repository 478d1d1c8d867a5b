"""The laws every stylesheet and template of the house keeps."""

import gzip
import re
from pathlib import Path

import pytest

import wellheard
from wellheard.base.pages import stylesheets

PACKAGE = Path(wellheard.__file__).resolve().parent
STYLES = sorted(PACKAGE.rglob("*.css"))
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
# left and right turn wrong in Arabic; the logical names turn with the page
SIDED = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)"
    r"(?:-[a-z]+)?|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=[\"']")


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_built_stylesheets_are_newer_than_their_sources() -> None:
    for name, text in stylesheets.build().items():
        built = (stylesheets.TARGETS / name).read_text(encoding="utf-8")
        assert built == text, f"{name} is stale: run script/styles"


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_stylesheet_uses_logical_properties_only(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert SIDED.findall(css) == []


@pytest.mark.parametrize(
    ("css", "sided"),
    [
        ("a{margin-left:1px}", True),
        ("a{ right: 0 }", True),
        ("a{text-align: left}", True),
        ("a{border-top-left-radius:1px}", True),
        ("a{margin-inline-start:1px;text-align:start}", False),
        (".bright{color:red}", False),
    ],
)
def test_logical_properties_lint_finds_sides(css: str, sided: bool) -> None:
    assert bool(SIDED.search(css)) is sided


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_has_nothing_inline(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_stylesheet_asks_no_other_origin(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
    assert not re.search(r"@import|https?://", text)


def test_layers_come_in_their_order() -> None:
    for text in stylesheets.build().values():
        assert text.startswith(stylesheets.LAYERS)


def test_dark_tokens_stay_on_screens() -> None:
    css = stylesheets.token_css(stylesheets.load_tokens())
    dark = css[css.index("@media screen") :]
    assert "color-scheme:dark;" not in css[: css.index("@media screen")]
    assert dark.count("color-scheme:dark;") == 2  # by preference and by choice


def test_squeeze_keeps_selectors_and_drops_comments() -> None:
    css = "/* why */\n.a :is(b, c) {\n  color: red;\n  margin: 0 auto;\n}\n"
    assert stylesheets.squeeze(css) == ".a :is(b, c){color:red;margin:0 auto}"


@pytest.mark.parametrize(("name", "most"), [("patient.css", 8_000), ("staff.css", 12_000)])
def test_stylesheet_is_small(name: str, most: int) -> None:
    assert len(gzip.compress((stylesheets.TARGETS / name).read_bytes(), 9)) <= most


@pytest.mark.parametrize(
    ("name", "most"),
    [("patient.js", 3_000), ("staff.js", 6_000), ("theme.js", 500)],
)
def test_script_is_small(name: str, most: int) -> None:
    assert len(gzip.compress((stylesheets.TARGETS / name).read_bytes(), 9)) <= most


@pytest.mark.parametrize("name", ["inter.woff2", "noto-sans-arabic.woff2"])
def test_font_is_small(name: str) -> None:
    assert (stylesheets.TARGETS / name).stat().st_size <= 30_000
