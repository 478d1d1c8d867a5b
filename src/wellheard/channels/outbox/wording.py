"""What we say to patients: versioned templates, each language with the name of who reviewed it.

A template is one JSON page in the ``wordings`` folder of the feature that speaks::

    {"code": "case_received", "version": 1, "effective_from": "2026-11-01", "purpose": "reply",
     "values": ["reference", "link"],
     "languages": {"en": {"reviewed_by": "...", "reviewed_on": "...",
                          "opening": {"named": "Dear {name},", "unnamed": "Hello,"},
                          "subject": "...", "body": "{opening} ... {reference}", "short": "..."}}}

Filling replaces ``{word}`` in one pass and nothing else: braces inside a value, or anything that
is not a plain word between single braces, stay as they are. ``{name}`` may stand in the opening
only, and a missing name takes the other opening, so nobody is ever called "None".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from wellheard.channels.outbox.scanner import private_findings
from wellheard.channels.outbox.segments import size_of
from wellheard.channels.outbox.stopline import with_stop_line
from wellheard.people.patients.rules import tidy_name
from wellheard.people.patients.vocabulary import name_placeholders

PLACE = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
ALWAYS = frozenset({"name", "opening"})
LANGUAGES = ("en", "es", "ar")
LONGEST_NAME = 60
LONGEST_SUBJECT = 78
MOST_PARTS = 3


class WordingError(ValueError):
    """A template cannot be read, or cannot be filled with what was given."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A template in one language."""

    reviewed_by: str
    reviewed_on: date
    opening: str
    opening_unnamed: str
    subject: str
    body: str
    short: str

    def texts(self) -> tuple[str, ...]:
        return (self.opening, self.opening_unnamed, self.subject, self.body, self.short)


@dataclass(frozen=True, slots=True)
class Wording:
    """A template: ``values`` are the places a caller must fill, in every language the same."""

    code: str
    version: int
    effective_from: date
    purpose: str
    values: frozenset[str]
    languages: Mapping[str, Spoken]


@dataclass(frozen=True, slots=True)
class Words:
    """A filled template, as ``queue_message`` takes it."""

    template: str
    version: int
    language: str
    subject: str
    body: str
    short: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing the linter found: ``where`` is the language and part, ``what`` the reason."""

    where: str
    what: str


def load_wording(folder: Traversable | Path, code: str, version: int | None = None) -> Wording:
    """The template ``<code>-<version>.json`` of a folder, the newest when no version is named.
    Raises WordingError."""
    pages = [name for name in _names(folder) if re.fullmatch(rf"{re.escape(code)}-\d+\.json", name)]
    numbers = {int(name.rpartition("-")[2][:-5]): name for name in pages}
    wanted = version if version is not None else max(numbers, default=0)
    if wanted not in numbers:
        raise WordingError(f"there is no wording {code!r} in version {wanted}")
    return read_wording(json.loads(folder.joinpath(numbers[wanted]).read_text(encoding="utf-8")))


def _names(folder: Traversable | Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def read_wording(page: Mapping[str, Any]) -> Wording:
    """The template on a page. Raises WordingError for a missing part or reviewer."""
    try:
        return Wording(
            code=page["code"],
            version=int(page["version"]),
            effective_from=date.fromisoformat(page["effective_from"]),
            purpose=page["purpose"],
            values=frozenset(page["values"]),
            languages={name: _spoken(part) for name, part in page["languages"].items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WordingError(f"the wording cannot be read: {error}") from error


def _spoken(part: Mapping[str, Any]) -> Spoken:
    opening = part.get("opening", {})
    if not str(part["reviewed_by"]).strip():
        raise ValueError("a language without a reviewer")
    return Spoken(
        reviewed_by=part["reviewed_by"],
        reviewed_on=date.fromisoformat(part["reviewed_on"]),
        opening=opening.get("named", ""),
        opening_unnamed=opening.get("unnamed", ""),
        subject=part.get("subject", ""),
        body=part["body"],
        short=part.get("short", ""),
    )


def fill(template: Wording, language: str, **values: str | None) -> Words:
    """The template in the language (English when it has no such language) with its places filled.

    ``name`` may be missing, empty or a stand-in such as "NULL"; every other place needs its value.
    Raises WordingError for a place without a value and for a value without a place.
    """
    spoken_in = template_language(template, language)
    spoken = template.languages[spoken_in]
    name = _name(values.pop("name", None))
    _check_values(template, values)
    given = {key: str(value) for key, value in values.items()}
    opening = _put(spoken.opening, {"name": name}) if name else spoken.opening_unnamed
    given["opening"] = opening
    return Words(
        template=template.code,
        version=template.version,
        language=spoken_in,
        subject=" ".join(_put(spoken.subject, given).split()),
        body=_put(spoken.body, given),
        short=_put(spoken.short, given),
    )


def template_language(template: Wording, language: str) -> str:
    """The template's language for a BCP 47 tag: "es-MX" is es, one it does not have English."""
    base = language.replace("_", "-").partition("-")[0].casefold()
    return base if base in template.languages else "en"


def _name(given: str | None) -> str:
    return tidy_name(given or "", placeholders=name_placeholders())[:LONGEST_NAME]


def _check_values(template: Wording, values: Mapping[str, str | None]) -> None:
    if unknown := sorted(set(values) - template.values):
        raise WordingError(f"{template.code}: no place for {', '.join(unknown)}")
    empty = sorted(key for key in template.values if not str(values.get(key) or "").strip())
    if empty:
        raise WordingError(f"{template.code}: nothing to say for {', '.join(empty)}")


def _put(text: str, values: Mapping[str, str]) -> str:
    """One pass, so that a value which looks like a place is not filled in its turn."""
    parts = _parts(text)
    if len(parts) == 1:
        return text
    filled = list(parts)
    for number in range(1, len(parts), 2):
        try:
            filled[number] = values[parts[number]]
        except KeyError:
            raise WordingError(f"an unknown place {{{parts[number]}}}") from None
    return "".join(filled)


@lru_cache(maxsize=512)
def _parts(text: str) -> tuple[str, ...]:
    """Words and names of places in turn; a text is read once for the thousands who get it."""
    return tuple(PLACE.split(text))


def places_in(text: str) -> frozenset[str]:
    """The names of the places in a text."""
    return frozenset(PLACE.findall(text))


def lint(template: Wording) -> tuple[Remark, ...]:
    """Everything that must not stand in a template; empty when it may be used."""
    remarks = [
        Remark(language, "the language is missing")
        for language in LANGUAGES
        if language not in template.languages
    ]
    for language, spoken in template.languages.items():
        remarks += _lint_places(template, language, spoken)
        remarks += _lint_short(language, spoken)
        remarks += _lint_subject(language, spoken)
    return tuple(remarks)


def _lint_places(template: Wording, language: str, spoken: Spoken) -> list[Remark]:
    used = frozenset[str]().union(*(places_in(text) for text in spoken.texts()))
    remarks = [
        Remark(language, f"an unknown place {{{place}}}")
        for place in sorted(used - template.values - ALWAYS)
    ]
    remarks += [Remark(language, f"{{{v}}} is not used") for v in sorted(template.values - used)]
    if any("name" in places_in(text) for text in spoken.texts()[1:]):
        remarks.append(Remark(language, "{name} stands outside the named opening"))
    if spoken.opening and not spoken.opening_unnamed:
        remarks.append(Remark(language, "there is no opening for a person without a name"))
    return remarks


def _lint_short(language: str, spoken: Spoken) -> list[Remark]:
    found = [
        Remark(f"{language} short", f"says what a text must not: {kind}")
        for kind in private_findings(spoken.short)
    ]
    if size_of(with_stop_line(spoken.short, language)).parts > MOST_PARTS:
        found.append(Remark(f"{language} short", f"longer than {MOST_PARTS} texts"))
    if "opening" in places_in(spoken.short):
        found.append(Remark(f"{language} short", "a text names nobody: it may be read by others"))
    return found


def _lint_subject(language: str, spoken: Spoken) -> list[Remark]:
    found = [
        Remark(f"{language} subject", f"says what a lock screen must not show: {kind}")
        for kind in private_findings(spoken.subject)
    ]
    if len(spoken.subject) > LONGEST_SUBJECT or "\n" in spoken.subject:
        found.append(Remark(f"{language} subject", "more than one short line"))
    return found
