"""Pieces of a FHIR Questionnaire that writing and reading it share: words, marks, lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_OURS = "urn:wellheard:questionnaire:definition"


class QuestionnaireError(ValueError):
    """A Questionnaire that cannot be read. ``where``: the linkId, or "Questionnaire"."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


def worded(name: str, words: Mapping[str, str], first: str) -> dict[str, Any]:
    """A text with its translations (http://hl7.org/fhir/extension-translation.html)."""
    others = [
        {
            "url": _TRANSLATION,
            "extension": [
                {"url": "lang", "valueCode": language},
                {"url": "content", "valueString": text},
            ],
        }
        for language, text in words.items()
        if language != first and text
    ]
    said: dict[str, Any] = {name: words[first]} if words.get(first) else {}
    return {**said, f"_{name}": {"extension": others}} if others else said


def read_words(page: Mapping[str, Any], name: str, first: str) -> dict[str, str]:
    words: dict[str, str] = {}
    if isinstance(page.get(name), str) and page[name].strip():
        words[first] = page[name]
    beside = page.get(f"_{name}")
    marks = beside.get("extension", ()) if isinstance(beside, Mapping) else ()
    for mark in marks:
        if isinstance(mark, Mapping) and mark.get("url") == _TRANSLATION:
            parts = {part.get("url"): part for part in mark.get("extension", ())}
            language = parts.get("lang", {}).get("valueCode")
            text = parts.get("content", {}).get("valueString")
            if isinstance(language, str) and isinstance(text, str):
                words[language] = text
    return words


def our_mark(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"url": _OURS, "valueString": json.dumps(data, ensure_ascii=False, sort_keys=True)}


def read_ours(page: Mapping[str, Any]) -> dict[str, Any]:
    where = str(page.get("linkId", "Questionnaire"))
    marks = page.get("extension", ())
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, Mapping) and mark.get("url") == _OURS:
            try:
                data = json.loads(mark.get("valueString", ""))
            except (ValueError, TypeError) as error:
                raise QuestionnaireError(where, "our extension in it is damaged") from error
            if not isinstance(data, dict):
                raise QuestionnaireError(where, "our extension in it is damaged")
            return data
    return {}


def elements(page: Mapping[str, Any], name: str, where: str) -> list[Any]:
    found = page.get(name, [])
    if not isinstance(found, list) or any(not isinstance(each, Mapping) for each in found):
        raise QuestionnaireError(where, f"{name} is not a list of elements")
    return found
