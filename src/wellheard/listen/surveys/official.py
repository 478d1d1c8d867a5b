"""Official questionnaires, made from the definitions they are scored by, so the two cannot differ.

`measures/instruments/data` holds what the public sources state of each: its items in their order,
its answers, its skips. What is an outline there ("unconfirmed") is an outline here, and the pages
say so. Nobody edits, reorders or mixes these: they are comparable only while they are whole.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_OWNER = {"hcahps-29": "CMS", "hcahps-32": "CMS", "oas-cahps": "CMS", "ed-cahps-1.0": "CMS, AHRQ"}
_FOLLOWS = {"hcahps-32": "hcahps-29"}
_VERSION = 1
_INTRO = "Please answer about your own care. You can leave out any question."


@cache
def official_definitions() -> Mapping[tuple[str, int], dict[str, Any]]:
    """The definition of each official questionnaire, by (code, version)."""
    folder = files("wellheard.measures").joinpath("instruments", "data")
    pages = (json.loads(each.read_text("utf-8")) for each in folder.iterdir())
    made = (_definition(page) for page in sorted(pages, key=lambda page: str(page["code"])))
    return {(data["code"], data["version"]): data for data in made}


def _definition(page: Mapping[str, Any]) -> dict[str, Any]:
    skipped = _skipped(page["items"])
    return {
        "code": page["code"],
        "version": _VERSION,
        "family": "official",
        "effective_from": page["effective_from"],
        "effective_before": page["effective_before"],
        "source": page["source"],
        "owner": _OWNER.get(page["code"], "AHRQ"),
        "change": page["notes"],
        "follows": _FOLLOWS.get(page["code"], ""),
        "title": {"en": page["title"]},
        "intro": {"en": _INTRO},
        "scales": {code: _choices(scale) for code, scale in page["scales"].items()},
        "items": [_item(row, page["scales"][row["scale"]], skipped) for row in page["items"]],
    }


def _choices(scale: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "answers" in scale:
        return [{"value": n, "words": {"en": w}} for n, w in enumerate(scale["answers"], 1)]
    return [{"value": n} for n in range(scale["minimum"], scale["maximum"] + 1)]


def _item(
    row: Mapping[str, Any], scale: Mapping[str, Any], skipped: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    top = scale.get("top", [])
    item = {
        "code": row["code"],
        "kind": _kind(scale),
        "scale": row["scale"],
        "text": {"en": row["text"]},
        "status": row["status"],
        "direction": "higher" if top else "none",
    }
    if top:
        item["top_box"] = top
    if "minimum" in scale:
        item |= {"low": {"en": "Worst possible"}, "high": {"en": "Best possible"}}
    if row.get("not_applicable"):
        item["not_applicable"] = {"en": row["not_applicable"]}
    conditions = skipped.get(row["code"], [])
    if conditions:
        item["ask_if"] = conditions[0] if len(conditions) == 1 else {"all": conditions}
    return item


def _kind(scale: Mapping[str, Any]) -> str:
    if scale.get("many"):
        return "multiple"
    return "scale" if scale.get("top") else "choice"


def _skipped(rows: list[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    """Item to the conditions under which it is asked: unless an answer before skips it."""
    by_item: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for answer, codes in row.get("skips", {}).items():
            for code in codes:
                by_item[code][row["code"]].append(int(answer))
    return {
        code: [{"item": item, "not_in": sorted(values)} for item, values in screens.items()]
        for code, screens in by_item.items()
    }
