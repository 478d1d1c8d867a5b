"""Themes as versioned data: stable codes, names in three languages, groups, cross-walks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "taxonomies"
NHS: Final = "nhs-v7"
WARD_LIFE: Final = "ward-life-1"


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme; `source_name` is the name in the labelled data, None where no data exist."""

    code: str
    names: Mapping[str, str]
    group: str
    source_name: str | None
    hcat: tuple[str, ...]
    hcahps: tuple[str, ...]

    def name(self, language: str = "en") -> str:
        """The theme's name in `language`, English where that is missing."""
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A named, versioned list of themes with their groups."""

    code: str
    version: str
    effective_on: str
    source: str
    groups: Mapping[str, Mapping[str, str]]
    themes: tuple[Theme, ...]

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)


@lru_cache(maxsize=8)
def load_taxonomy(code: str = NHS) -> Taxonomy:
    """Read a shipped taxonomy; raises FileNotFoundError for a code that is not shipped."""
    content = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return Taxonomy(
        code=content["code"],
        version=content["version"],
        effective_on=content["effective_on"],
        source=content["source"],
        groups={group["code"]: group["names"] for group in content["groups"]},
        themes=tuple(_read_theme(theme) for theme in content["themes"]),
    )


def _read_theme(content: dict[str, Any]) -> Theme:
    return Theme(
        code=content["code"],
        names=content["names"],
        group=content["group"],
        source_name=content.get("source_name"),
        hcat=tuple(content.get("hcat", ())),
        hcahps=tuple(content.get("hcahps", ())),
    )


@lru_cache(maxsize=1)
def theme_names() -> Mapping[str, Mapping[str, str]]:
    """Names by language of every theme that the engine can give, by code."""
    return {theme.code: theme.names for code in (NHS, WARD_LIFE) for theme in load_taxonomy(code)}


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Another way to sort the themes: its name and categories by language; `of` tells which
    categories a theme counts in."""

    code: str
    version: str
    source: str
    names: Mapping[str, str]
    categories: Mapping[str, Mapping[str, str]]
    of: Mapping[str, tuple[str, ...]]


HCAT: Final = "hcat-1"
HCAHPS: Final = "hcahps-2025"


@lru_cache(maxsize=4)
def load_crosswalk(name: str) -> Crosswalk:
    """Read a shipped cross-walk (HCAT or HCAHPS); raises FileNotFoundError for another."""
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    themes = [theme for code in (NHS, WARD_LIFE) for theme in load_taxonomy(code)]
    return Crosswalk(
        code=content["code"],
        version=content["version"],
        source=content["source"],
        names=content["names"],
        categories=content["categories"],
        of={theme.code: getattr(theme, content["field"]) for theme in themes},
    )
