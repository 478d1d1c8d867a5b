"""Dated word lists beside this page, and how they are read."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def word_list(name: str) -> Any:
    """The content of ``<name>.json`` in this folder."""
    return json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
