"""What is sent to an outlet's program and what its answer means. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

# Answers after which trying again may help; every other one below 500 is for good.
_AGAIN = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True, slots=True)
class Posting:
    """One reply on its way: to which address, by which method, as what; ``key``: the same for
    every try at the same words."""

    method: str
    address: str
    body: bytes
    key: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What the outlet calls it and where it stands, as far as it says."""

    external_id: str = ""
    url: str = ""


def posting(
    protocol: Mapping[str, str], *, address: str, review_id: str, text: str, language: str, key: str
) -> Posting:
    """The request. ``protocol``: its method, path and the field of the words."""
    path = protocol["path"].format(address=address.rstrip("/"), id=quote(review_id, safe=""))
    fields = {protocol["field"]: text}
    if protocol["method"] == "POST":
        fields |= {"review_id": review_id, "language": language}
    return Posting(protocol["method"], path, json.dumps(fields).encode(), key)


def read_posted(body: bytes) -> Posted:
    """The answer to what was taken. One we cannot read still means taken: posting again could
    put it there twice."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Posted()
    if not isinstance(found, dict):
        return Posted()
    url = _said(found, "url", "uri")
    return Posted(
        _said(found, "id", "name")[:300],
        url[:500] if url.startswith(("https://", "http://")) else "",
    )


def is_for_good(status: int) -> bool:
    """Whether the same request would be refused again."""
    return 400 <= status < 500 and status not in _AGAIN


def _said(found: dict[str, Any], *names: str) -> str:
    return next((str(found[name]) for name in names if isinstance(found.get(name), str | int)), "")
