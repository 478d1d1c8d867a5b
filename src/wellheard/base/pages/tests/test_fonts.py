"""The shipped fonts hold the letters and weights the pages use."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from wellheard.base.pages import figures, stylesheets

PRINT = stylesheets.HERE / "fonts"
SPANISH = "áéíóúüñÁÉÍÓÚÜÑ¿¡«»"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ءآأؤإئةى ًٌٍَُِّْ ٠١٢٣٤٥٦٧٨٩ ،؛؟"
SIGNS = f"{figures.NARROW_SPACE}{figures.MINUS}{figures.EN_DASH}“”‘’…≥≤×"


def letters(path: Path) -> set[str]:
    return {chr(code) for code in TTFont(path).getBestCmap()}


def test_inter_holds_english_spanish_and_signs() -> None:
    wanted = {chr(code) for code in range(0x20, 0x7F)} | set(SPANISH) | set(SIGNS)
    assert wanted <= letters(stylesheets.TARGETS / "inter.woff2")


def test_noto_holds_arabic() -> None:
    assert set(ARABIC) <= letters(stylesheets.TARGETS / "noto-sans-arabic.woff2")


@pytest.mark.parametrize("name", ["inter.woff2", "noto-sans-arabic.woff2"])
def test_web_font_varies_in_weight_only(name: str) -> None:
    axes = TTFont(stylesheets.TARGETS / name)["fvar"].axes
    assert [(axis.axisTag, axis.minValue, axis.maxValue) for axis in axes] == [("wght", 400, 700)]


@pytest.mark.parametrize(
    ("name", "family", "weight"),
    [
        ("Inter-Regular.ttf", "Inter", 400),
        ("Inter-SemiBold.ttf", "Inter", 600),
        ("Inter-Bold.ttf", "Inter", 700),
        ("NotoSansArabic-Regular.ttf", "Noto Sans Arabic", 400),
        ("NotoSansArabic-Bold.ttf", "Noto Sans Arabic", 700),
    ],
)
def test_print_font_is_static_and_named(name: str, family: str, weight: int) -> None:
    font = TTFont(PRINT / name)
    assert "fvar" not in font
    assert (font["name"].getDebugName(1), font["OS/2"].usWeightClass) == (family, weight)


@pytest.mark.parametrize("folder", [stylesheets.TARGETS, PRINT])
@pytest.mark.parametrize("family", ["inter", "noto-sans-arabic"])
def test_licence_stands_beside_the_font(folder: Path, family: str) -> None:
    assert "SIL Open Font License" in (folder / f"{family}.LICENSE.txt").read_text("utf-8")
