"""The colours can be read by people who see little contrast, in light and in dark."""

import itertools
import re

import pytest

from wellheard.base.pages import stylesheets

TOKENS = stylesheets.load_tokens()
CASES = [
    (mode, front, ground, least)
    for mode in ("light", "dark")
    for front, ground, least in TOKENS["pairs"]
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("mode", "front", "ground", "least"), CASES)
def test_pair_contrast_is_enough(mode: str, front: str, ground: str, least: float) -> None:
    assert contrast(TOKENS[mode][front], TOKENS[mode][ground]) >= least


def test_light_and_dark_name_the_same_tokens() -> None:
    assert list(TOKENS["light"]) == list(TOKENS["dark"])


def test_every_text_colour_is_paired_with_the_ground_it_stands_on() -> None:
    pairs = {(front, ground) for front, ground, _least in TOKENS["pairs"]}
    kinds = ("action", "praise", "attention", "danger", "slate")
    for kind, ground in itertools.product(kinds, ("ground", "surface")):
        assert (kind, ground) in pairs
    for kind in kinds:
        assert (kind, f"{kind}-soft") in pairs


def test_sources_use_tokens_not_colours() -> None:
    # Print is black on white; the veil behind a dialog and the glow of the undo bar stand alone.
    allowed = {"#fff", "#000", "#a2660a"}
    for path in stylesheets.SOURCES.glob("*.css"):
        text = re.sub(r'url\("data:[^"]*"\)', "", path.read_text(encoding="utf-8"))
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) <= allowed, path.name


def test_every_token_that_is_used_exists() -> None:
    names = set(TOKENS["light"]) | set(TOKENS["fixed"])
    texts = [path.read_text(encoding="utf-8") for path in stylesheets.SOURCES.glob("*.css")]
    used = {name for text in texts for name in re.findall(r"var\(--([a-z0-9-]+)\)", text)}
    local = {name for text in texts for name in re.findall(r"--([a-z0-9-]+):", text)}
    assert used <= names | local
