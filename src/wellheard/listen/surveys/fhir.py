"""Instruments as FHIR R4 Questionnaires (http://hl7.org/fhir/R4/questionnaire.html), pure.

What R4 can say is said in R4: titles, types, answers with their ordinal values, `enableWhen`,
translations by the standard extension. What it cannot say (top boxes, mixing, ends of a scale,
joined conditions of conditions) travels in one extension of our own beside it, so that what goes
out comes back exactly. A Questionnaire of somebody else is read as far as it can be asked here;
anything that cannot is an error that names its linkId.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wellheard.listen.surveys.fhir_parts import (
    QuestionnaireError,
    elements,
    our_mark,
    read_ours,
    read_words,
    worded,
)
from wellheard.listen.surveys.logic import Condition, Group, Logic, read_logic

Definition = Mapping[str, Any]
_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_EXCLUSIVE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
_LEAST = "http://hl7.org/fhir/StructureDefinition/minValue"
_MOST = "http://hl7.org/fhir/StructureDefinition/maxValue"
_TYPES = {
    "scale": "choice",
    "choice": "choice",
    "multiple": "choice",
    "ranking": "choice",
    "matrix": "group",
    "text": "text",
    "date": "date",
    "file": "attachment",
    "voice": "attachment",
}
_READ = {"string": "text", "text": "text", "date": "date", "attachment": "file"}
_WIDEST = 11
_DEEPEST = 20
_MOST_ITEMS = 500
_YES_NO = [
    {"value": 0, "words": {"en": "No", "es": "No", "ar": "لا"}},
    {"value": 1, "words": {"en": "Yes", "es": "Sí", "ar": "نعم"}},
]
# Held by R4 itself; everything else of an item or of the definition goes into our extension.
__all__ = ["QuestionnaireError", "from_questionnaire", "to_questionnaire"]

_SAID = {"code", "text", "kind", "rows"}
_SAID_WHOLE = {"title", "intro", "version", "effective_from", "owner", "items", "scales", "code"}


def to_questionnaire(definition: Definition) -> dict[str, Any]:
    """The definition as a Questionnaire resource."""
    first = next(iter(definition["title"]))
    whole = {key: value for key, value in definition.items() if key not in _SAID_WHOLE}
    whole |= {"languages": list(definition["title"]), "scales": definition["scales"]}
    return {
        "resourceType": "Questionnaire",
        "extension": [our_mark(whole)],
        "url": f"urn:wellheard:questionnaire:{definition['code']}",
        "identifier": [{"system": "urn:wellheard:instrument", "value": definition["code"]}],
        "version": str(definition["version"]),
        "name": re.sub(r"\W", "_", definition["code"]),
        "status": "active",
        "language": first,
        "subjectType": ["Patient"],
        "date": definition["effective_from"],
        "publisher": definition["owner"],
        **worded("title", definition["title"], first),
        **worded("description", definition["intro"], first),
        "item": [_item_out(row, definition["scales"], first) for row in definition["items"]],
    }


def from_questionnaire(text: str | bytes) -> dict[str, Any]:
    """The definition in a Questionnaire resource. Raises QuestionnaireError.

    The definition still has to pass `rules.read_instrument`.
    """
    page = _parsed(text)
    ours = read_ours(page)
    first = page.get("language", "en")
    first = first if isinstance(first, str) else "en"
    title = read_words(page, "title", first) or {first: str(page.get("name", "Survey"))}
    reader = _Reader(first, dict(ours.get("scales", {})))
    items = list(reader.items(elements(page, "item", "Questionnaire")))
    if not items:
        raise QuestionnaireError("Questionnaire", "it asks no question")
    if not ours:
        title, items = _in_common(title, items)
    languages = ours.get("languages") or list(title)
    whole = {key: value for key, value in ours.items() if key not in ("languages", "scales")}
    return {
        "code": _code_of(page),
        "version": _number(page.get("version")),
        "effective_from": str(page.get("date", ""))[:10],
        "source": str(page.get("url") or "FHIR Questionnaire"),
        "owner": str(page.get("publisher", "")),
        "intro": read_words(page, "description", first) or dict.fromkeys(title, ""),
        **whole,
        "title": {language: title.get(language, "") for language in languages},
        "scales": reader.scales,
        "items": items,
    }


def _item_out(row: Mapping[str, Any], scales: Mapping[str, Any], first: str) -> dict[str, Any]:
    kind = row["kind"]
    ours = {key: value for key, value in row.items() if key not in _SAID}
    out: dict[str, Any] = {
        "extension": [our_mark({"kind": kind, **ours})],
        "linkId": row["code"],
        **worded("text", row["text"], first),
        "type": _TYPES[kind],
    }
    if kind in ("multiple", "ranking"):
        out["repeats"] = True
    if row.get("ask_if"):
        out |= _enable_when(read_logic(row["ask_if"]))
    options = [_option(choice, first) for choice in scales.get(row.get("scale", ""), ())]
    if kind == "matrix":
        out["item"] = [
            {
                "linkId": f"{row['code']}_{line['code']}",
                **worded("text", line["text"], first),
                "type": "choice",
                "answerOption": options,
            }
            for line in row["rows"]
        ]
    elif options:
        out["answerOption"] = options
    return out


def _option(choice: Mapping[str, Any], first: str) -> dict[str, Any]:
    words = choice.get("words") or {first: str(choice["value"])}
    coding = {"code": str(choice["value"]), **worded("display", words, first)}
    marks = [{"url": _ORDINAL, "valueDecimal": choice["value"]}]
    if choice.get("alone"):
        marks.append({"url": _EXCLUSIVE, "valueBoolean": True})
    return {"extension": marks, "valueCoding": coding}


def _enable_when(logic: Logic) -> dict[str, Any]:
    """The condition as far as R4 has words for it: one level, joined by all or by any."""
    parts = logic.parts if isinstance(logic, Group) else (logic,)
    behaviour = logic.mode if isinstance(logic, Group) else _natural(parts[0])
    flat: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, Group) or (len(parts) > 1 and _natural(part) != behaviour):
            return {}
        flat += _when(part)
    return {"enableWhen": flat, "enableBehavior": behaviour} if flat else {}


def _natural(part: Logic) -> str:
    """How the several values of one condition are joined; a single one goes with either."""
    return "all" if isinstance(part, Condition) and part.kind != "in" else "any"


def _when(condition: Condition) -> list[dict[str, Any]]:
    if condition.kind == "answered":
        return [{"question": condition.item, "operator": "exists", "answerBoolean": True}]
    sign = "=" if condition.kind == "in" else "!="
    return [
        {"question": condition.item, "operator": sign, "answerCoding": {"code": str(value)}}
        for value in sorted(condition.values)
    ]


class _Reader:
    """Reads items one by one and gathers the scales they are answered on."""

    def __init__(self, first: str, scales: dict[str, Any]) -> None:
        self.scales = scales
        self._sent = {
            code: {choice["value"]: choice.get("words") for choice in choices}
            for code, choices in scales.items()
        }
        self._first = first
        self._codes: dict[str, str] = {}
        self._values: dict[str, dict[str, int]] = {}
        self._hint: dict[str, str] = {}
        self._count = 0

    def items(self, rows: Sequence[Any], depth: int = 0) -> Iterator[dict[str, Any]]:
        if depth > _DEEPEST:
            raise QuestionnaireError("Questionnaire", f"groups lie deeper than {_DEEPEST}")
        for number, row in enumerate(rows, 1):
            if not isinstance(row, Mapping) or not str(row.get("linkId", "")).strip():
                raise QuestionnaireError("Questionnaire", f"item {number} has no linkId")
            self._count += 1
            if self._count > _MOST_ITEMS:
                raise QuestionnaireError(str(row["linkId"]), f"more than {_MOST_ITEMS} items")
            yield from self._item(row, depth)

    def _item(self, row: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        link, ours = str(row["linkId"]), read_ours(row)
        if link in self._codes:
            raise QuestionnaireError(link, "this linkId appears twice")
        kind = ours.get("kind") or self._kind(row, link)
        if kind == "display":
            self._hint = read_words(row, "text", self._first)
            return
        if kind == "group":
            yield from self.items(elements(row, "item", link), depth + 1)
            return
        self._codes[link] = code = self._code(link)
        item = {"code": code, "kind": kind, "text": read_words(row, "text", self._first)}
        if not item["text"]:
            raise QuestionnaireError(link, "it has no text")
        if kind == "matrix":
            item["rows"] = self._rows(row, link, code)
        item |= {key: value for key, value in ours.items() if key != "kind"}
        if _TYPES[kind] in ("choice", "group") and "scale" not in ours:
            item["scale"] = self._scale(row, link, code)
        if self._hint and not ours:
            item["hint"], self._hint = self._hint, {}
        if "enableWhen" in row and "ask_if" not in ours:
            item["ask_if"] = self._condition(row, link)
        if ours and _TYPES[kind] == "choice":
            self._reword(row, link, str(item["scale"]))
        self._remember(link, item)
        yield item
        if kind != "matrix" and row.get("item"):
            yield from self.items(elements(row, "item", link), depth + 1)

    def _kind(self, row: Mapping[str, Any], link: str) -> str:
        type_ = row.get("type")
        if type_ in _READ:
            return _READ[type_]
        if type_ in ("choice", "open-choice"):
            return "multiple" if row.get("repeats") is True else "choice"
        if type_ in ("group", "display"):
            return str(type_)
        if type_ == "boolean":
            return "choice"
        if type_ == "integer" and _ranged(row):
            return "scale"
        if type_ == "integer":
            raise QuestionnaireError(
                link, f"a whole number needs minValue and maxValue, at most {_WIDEST} apart"
            )
        raise QuestionnaireError(link, f"questions of type {str(type_)[:40]!r} cannot be asked")

    def _code(self, link: str) -> str:
        code = re.sub(r"[^a-z0-9]+", "_", link.lower()).strip("_")[:32]
        code = code if code and code[0].isalpha() else f"q{code}"
        return code if code not in self._codes.values() else f"{code}_{len(self._codes)}"

    def _rows(self, row: Mapping[str, Any], link: str, code: str) -> list[dict[str, Any]]:
        lines = []
        for line in elements(row, "item", link):
            its_link = str(line.get("linkId", ""))
            words = read_words(line, "text", self._first)
            if not words:
                raise QuestionnaireError(its_link or link, "it has no text")
            lines.append({"code": its_link.removeprefix(f"{code}_"), "text": words})
        return lines

    def _scale(self, row: Mapping[str, Any], link: str, code: str) -> str:
        if row.get("type") == "boolean":
            self.scales["yes_no"] = _YES_NO
            return "yes_no"
        if row.get("type") == "integer":
            least, most = _ranged(row) or (0, 0)
            self.scales[f"{least}_to_{most}"] = [{"value": n} for n in range(least, most + 1)]
            return f"{least}_to_{most}"
        if "answerValueSet" in row:
            raise QuestionnaireError(
                link, "its answers lie in a value set elsewhere; write them as answerOption"
            )
        options = elements(row, "answerOption", link)
        if len(options) < 2:
            raise QuestionnaireError(link, "a choice has two answers or more")
        choices = [_choice(option, n, link, self._first) for n, option in enumerate(options, 1)]
        names = [choice.pop("name") for choice in choices]
        if len({choice["value"] for choice in choices}) < len(choices):
            raise QuestionnaireError(link, "two of its answers have the same value")
        self._values[link] = dict(zip(names, (c["value"] for c in choices), strict=True))
        same = (name for name, known in self.scales.items() if known == choices)
        name = next(same, f"{code}_answers")
        self.scales[name] = choices
        return name

    def _reword(self, row: Mapping[str, Any], link: str, scale: str) -> None:
        """Take over answers whose words somebody changed in a file of ours."""
        shown = {
            each.get("valueCoding", {}).get("code"): each.get("valueCoding", {})
            for each in elements(row, "answerOption", link)
        }
        for choice in self.scales.get(scale, ()):
            words = read_words(shown.get(str(choice["value"]), {}), "display", self._first)
            before = self._sent.get(scale, {}).get(choice["value"])
            if words and words != (before or {self._first: str(choice["value"])}):
                choice["words"] = words

    def _condition(self, row: Mapping[str, Any], link: str) -> dict[str, Any]:
        parts = [self._part(part, link) for part in elements(row, "enableWhen", link)]
        if len(parts) == 1:
            return parts[0]
        return {"all" if row.get("enableBehavior") == "all" else "any": parts}

    def _part(self, part: Mapping[str, Any], link: str) -> dict[str, Any]:
        question, operator = str(part.get("question", "")), part.get("operator")
        code = self._codes.get(question)
        if code is None:
            raise QuestionnaireError(
                link, f"enableWhen names {question[:40]!r}, which is not asked before it"
            )
        if operator == "exists" and part.get("answerBoolean") is True:
            return {"item": code, "answered": True}
        if operator not in ("=", "!="):
            raise QuestionnaireError(
                link, f"enableWhen with the operator {str(operator)[:20]!r} cannot be asked here"
            )
        return {"item": code, "in" if operator == "=" else "not_in": [self._given(part, question)]}

    def _given(self, part: Mapping[str, Any], question: str) -> int:
        if "answerBoolean" in part:
            return int(part["answerBoolean"] is True)
        if isinstance(part.get("answerInteger"), int):
            return int(part["answerInteger"])
        coding = part.get("answerCoding")
        name = str(coding.get("code", "")) if isinstance(coding, Mapping) else None
        name = name if name is not None else str(part.get("answerString", ""))
        known = self._values.get(question, {})
        if name not in known:
            raise QuestionnaireError(
                question, f"enableWhen looks for the answer {name[:40]!r}, which it does not have"
            )
        return known[name]

    def _remember(self, link: str, item: Mapping[str, Any]) -> None:
        for choice in self.scales.get(str(item.get("scale", "")), ()):
            self._values.setdefault(link, {}).setdefault(str(choice["value"]), choice["value"])


def _choice(option: Any, number: int, link: str, first: str) -> dict[str, Any]:
    if not isinstance(option, Mapping):
        raise QuestionnaireError(link, f"answer {number} is not an answerOption")
    marks = {
        mark.get("url"): mark for mark in option.get("extension", ()) if isinstance(mark, Mapping)
    }
    coding = option.get("valueCoding")
    if isinstance(coding, Mapping):
        name, words = str(coding.get("code", number)), read_words(coding, "display", first)
    elif "valueInteger" in option or "valueString" in option or "valueDate" in option:
        shown = option.get("valueInteger", option.get("valueString", option.get("valueDate")))
        name = str(shown)
        words = {first: name}
    else:
        raise QuestionnaireError(link, f"answer {number} has no value that can be shown")
    ordinal = marks.get(_ORDINAL, {}).get("valueDecimal")
    value = (
        int(ordinal) if isinstance(ordinal, (int, float)) and ordinal == int(ordinal) else number
    )
    choice: dict[str, Any] = {"name": name, "value": value, "words": words or {first: name}}
    if marks.get(_EXCLUSIVE, {}).get("valueBoolean") is True:
        choice["alone"] = True
    return choice


def _in_common(
    title: dict[str, str], items: list[dict[str, Any]]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """A foreign Questionnaire in the languages that every question has."""
    common = [lang for lang in title if all(lang in item["text"] for item in items)]
    if not common:
        raise QuestionnaireError("Questionnaire", "no language has every question")
    for item in items:
        item["text"] = {language: item["text"][language] for language in common}
    return {language: title[language] for language in common}, items


def _parsed(text: str | bytes) -> Mapping[str, Any]:
    try:
        page = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = f"line {line}" if line else "Questionnaire"
        raise QuestionnaireError(where, "this is not JSON") from error
    if not isinstance(page, dict) or page.get("resourceType") != "Questionnaire":
        raise QuestionnaireError("Questionnaire", "this is not a FHIR Questionnaire")
    return page


def _ranged(row: Mapping[str, Any]) -> tuple[int, int] | None:
    marks = {m.get("url"): m.get("valueInteger") for m in row.get("extension", ())}
    least, most = marks.get(_LEAST), marks.get(_MOST)
    if not isinstance(least, int) or not isinstance(most, int):
        return None
    return (least, most) if 0 < most - least < _WIDEST else None


def _code_of(page: Mapping[str, Any]) -> str:
    for each in page.get("identifier", ()):
        if isinstance(each, Mapping) and each.get("system") == "urn:wellheard:instrument":
            return str(each.get("value", ""))
    name = str(page.get("name") or page.get("title") or "survey")
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30] or "survey"


def _number(version: object) -> int:
    return int(version) if isinstance(version, str) and version.isdecimal() else 1
