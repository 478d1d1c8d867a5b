"""Changes to a draft, pure: each gives a whole new definition and leaves the old one alone.

Whoever changes words of a language takes back its reviewer's name: they read other words.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wellheard.listen.surveys.languages import text_places
from wellheard.listen.surveys.rules import CHOOSING

Definition = Mapping[str, Any]
_ANSWER = re.compile(r"\s*(!?)\s*(?:(-?\d{1,3})\s*=)?\s*(.*?)\s*")
_ROW = re.compile(r"\s*(?:([a-z][a-z0-9_]*)\s*=)?\s*(.+?)\s*")


class EditError(ValueError):
    """A change that cannot be made; ``why`` is a word for the page, ``where`` the field."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the form of the builder has it, in the first language of the survey."""

    code: str
    kind: str
    text: str
    hint: str = ""
    scale: str = ""
    answers: str = ""
    rows: str = ""
    low: str = ""
    high: str = ""
    not_applicable: str = ""
    top_box: tuple[int, ...] = ()
    direction: str = "none"
    ask_if: Mapping[str, Any] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def new_definition(code: str, title: str, intro: str, languages: Sequence[str]) -> dict[str, Any]:
    """A survey without questions."""
    return {
        "code": code,
        "version": 0,
        "family": "house",
        "effective_from": "",
        "source": "Our own questions.",
        "owner": "",
        "review_on": "",
        "change": "",
        "title": dict.fromkeys(languages, "") | {languages[0]: title},
        "intro": dict.fromkeys(languages, "") | {languages[0]: intro},
        "reviewed": {},
        "scales": {},
        "items": [],
    }


def code_from(words: str, taken: frozenset[str]) -> str:
    """A short name for a question or survey, made of its first words."""
    parts = re.findall(r"[a-z0-9]+", words.lower())[:4]
    code = "_".join(parts)[:30].strip("_") or "question"
    code = code if code[0].isalpha() else f"q_{code}"
    number = 2
    tried = code
    while tried in taken:
        tried, number = f"{code}_{number}", number + 1
    return tried


def with_question(
    definition: Definition, question: Question, ready: Mapping[str, Any], *, instead_of: str = ""
) -> dict[str, Any]:
    """The definition with a further question at its end, or with one in place of another.

    ``ready``: the answer scales that come with the builder. Raises EditError.
    """
    changed = copy.deepcopy(dict(definition))
    first = next(iter(changed["title"]))
    codes = [item["code"] for item in changed["items"]]
    if question.code in codes and question.code != instead_of:
        raise EditError("code", "taken")
    old = changed["items"][codes.index(instead_of)] if instead_of else {}
    item = _item(changed, question, old, ready, first)
    if instead_of:
        changed["items"][codes.index(instead_of)] = item
        _rename(changed, instead_of, question.code)
    else:
        changed["items"].append(item)
    _drop_unused(changed)
    return _unsigned(definition, changed)


def without_question(definition: Definition, code: str) -> dict[str, Any]:
    """The definition without a question. What depended on it is left to the checker."""
    changed = copy.deepcopy(dict(definition))
    changed["items"] = [item for item in changed["items"] if item["code"] != code]
    _drop_unused(changed)
    return changed


def moved(definition: Definition, code: str, by: int) -> dict[str, Any]:
    """The definition with a question moved up (-1) or down (1); at the end it stays."""
    changed = copy.deepcopy(dict(definition))
    codes = [item["code"] for item in changed["items"]]
    at = codes.index(code)
    to = min(max(at + by, 0), len(codes) - 1)
    changed["items"].insert(to, changed["items"].pop(at))
    return changed


def with_settings(definition: Definition, **settings: str) -> dict[str, Any]:
    """The definition with another title, first page, owner, review date or source."""
    changed = copy.deepcopy(dict(definition))
    first = next(iter(changed["title"]))
    for key, value in settings.items():
        if key in ("title", "intro"):
            changed[key] = {**changed[key], first: value}
        else:
            changed[key] = value
    return _unsigned(definition, changed)


def with_language(definition: Definition, language: str) -> dict[str, Any]:
    """The definition with a further language, its words still empty."""
    changed = copy.deepcopy(dict(definition))
    for place in list(text_places(changed)):
        place.put({**place.words, language: place.words.get(language, "")})
    return changed


def without_language(definition: Definition, language: str) -> dict[str, Any]:
    """The definition without a language; the first one stays."""
    changed = copy.deepcopy(dict(definition))
    if language == next(iter(changed["title"])):
        raise EditError("language", "first")
    for place in list(text_places(changed)):
        place.put({lang: text for lang, text in place.words.items() if lang != language})
    changed.get("reviewed", {}).pop(language, None)
    return changed


def with_words(definition: Definition, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The definition with these texts (by name) in a language."""
    changed = copy.deepcopy(dict(definition))
    for place in list(text_places(changed)):
        if place.name in words:
            place.put({**place.words, language: words[place.name].strip()})
    return _unsigned(definition, changed)


def signed(definition: Definition, language: str, name: str) -> dict[str, Any]:
    """The definition with the name of the person who read a language whole."""
    changed = copy.deepcopy(dict(definition))
    changed["reviewed"] = {**changed.get("reviewed", {}), language: name}
    return changed


def answer_lines(definition: Definition, item: Mapping[str, Any]) -> str:
    """The answers of a question as the form shows them: "1 = Never", one a line."""
    first = next(iter(definition["title"]))
    lines = []
    for choice in definition["scales"].get(item.get("scale", ""), ()):
        apart = "!" if choice.get("alone") else ""
        lines.append(f"{apart}{choice['value']} = {choice.get('words', {}).get(first, '')}".strip())
    return "\n".join(lines)


def row_lines(definition: Definition, item: Mapping[str, Any]) -> str:
    """The rows of a matrix as the form shows them: "nurses = The nurses", one a line."""
    first = next(iter(definition["title"]))
    return "\n".join(f"{r['code']} = {r['text'].get(first, '')}" for r in item.get("rows", ()))


def _item(
    changed: dict[str, Any],
    question: Question,
    old: Mapping[str, Any],
    ready: Mapping[str, Any],
    first: str,
) -> dict[str, Any]:
    languages = list(changed["title"])

    def words(key: str, text: str) -> dict[str, str]:
        kept: Mapping[str, str] = old.get(key, {})
        return {language: kept.get(language, "") for language in languages} | {first: text}

    item: dict[str, Any] = {"code": question.code, "kind": question.kind}
    if question.kind in CHOOSING:
        item["scale"] = _scale(changed, question, old, ready, first)
    item["text"] = words("text", question.text)
    for key in ("hint", "low", "high", "not_applicable"):
        if getattr(question, key):
            item[key] = words(key, getattr(question, key))
    if question.kind == "matrix":
        item["rows"] = _rows(question.rows, old, languages, first)
    if question.ask_if:
        item["ask_if"] = dict(question.ask_if)
    if question.top_box:
        item["top_box"] = list(question.top_box)
    item["direction"] = question.direction
    return item | {key: value for key, value in question.more.items() if value}


def _scale(
    changed: dict[str, Any],
    question: Question,
    old: Mapping[str, Any],
    ready: Mapping[str, Any],
    first: str,
) -> str:
    """The name of the answers' scale, which is put among the scales when it is new."""
    scales, languages = changed["scales"], list(changed["title"])
    if question.scale in ready and question.scale not in scales:
        scales[question.scale] = _in_languages(ready[question.scale], languages)
    if question.scale and question.scale in scales and not question.answers.strip():
        return question.scale
    before = {c["value"]: c.get("words", {}) for c in scales.get(old.get("scale", ""), ())}
    choices, taken = [], set[int]()
    for line in question.answers.splitlines():
        found = _ANSWER.fullmatch(line)
        if not line.strip() or found is None:
            continue
        value = int(found[2]) if found[2] else max(taken, default=0) + 1
        if value in taken:
            raise EditError("answers", "twice")
        taken.add(value)
        kept = before.get(value, {})
        kept = {lang: kept.get(lang, "") for lang in languages} | {first: found[3]}
        choice: dict[str, Any] = {"value": value} | ({"words": kept} if found[3] else {})
        choices.append(choice | ({"alone": True} if found[1] else {}))
    if len(choices) < 2:
        raise EditError("answers", "few")
    if old.get("scale") in scales and scales[old["scale"]] == choices:
        return str(old["scale"])
    name = f"{question.code}_answers"
    scales[name] = choices
    return name


def _in_languages(choices: Sequence[Mapping[str, Any]], languages: list[str]) -> list[Any]:
    return [
        {**choice, "words": {lang: choice["words"].get(lang, "") for lang in languages}}
        if "words" in choice
        else dict(choice)
        for choice in choices
    ]


def _rows(
    lines: str, old: Mapping[str, Any], languages: list[str], first: str
) -> list[dict[str, Any]]:
    before = {row["code"]: row["text"] for row in old.get("rows", ())}
    rows: list[dict[str, Any]] = []
    for line in lines.splitlines():
        found = _ROW.fullmatch(line)
        if not line.strip() or found is None:
            continue
        code = found[1] or code_from(found[2], frozenset(row["code"] for row in rows))
        if any(row["code"] == code for row in rows):
            raise EditError("rows", "twice")
        kept = before.get(code, {})
        words = {language: kept.get(language, "") for language in languages} | {first: found[2]}
        rows.append({"code": code, "text": words})
    if not rows:
        raise EditError("rows", "few")
    return rows


def _rename(changed: dict[str, Any], old: str, new: str) -> None:
    """Let conditions and gaps follow a question that got another short name."""
    if old == new:
        return

    def follow(logic: dict[str, Any]) -> None:
        for part in logic.get("all", []) + logic.get("any", []):
            follow(part)
        if logic.get("item") == old:
            logic["item"] = new

    for item in changed["items"]:
        if item.get("ask_if"):
            follow(item["ask_if"])
    for place in list(text_places(changed)):
        said = {
            k: v.replace(f"{{answer:{old}|", f"{{answer:{new}|") for k, v in place.words.items()
        }
        place.put(said)


def _drop_unused(changed: dict[str, Any]) -> None:
    used = {item.get("scale") for item in changed["items"]}
    changed["scales"] = {c: rows for c, rows in changed["scales"].items() if c in used}


def _unsigned(before: Definition, after: dict[str, Any]) -> dict[str, Any]:
    """Take reviewers' names off the languages whose words are no longer those they read."""
    after["reviewed"] = {
        language: name
        for language, name in after.get("reviewed", {}).items()
        if _said(before, language) == _said(after, language)
    }
    return after


def _said(definition: Definition, language: str) -> dict[str, str]:
    return {place.name: place.words.get(language, "") for place in text_places(definition)}
