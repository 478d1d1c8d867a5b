"""Names of the groups of a phrase lexicon, without compiling its phrases (pages want no engine)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

STAFF: Final = "staff-1"
_FOLDER: Final = Path(__file__).parent / "lexicons"


@lru_cache(maxsize=4)
def load_groups(name: str) -> Mapping[str, Mapping[str, str]]:
    """Names by language of each group, by code. Raises KeyError where groups have no names."""
    content = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return {code: group["names"] for code, group in content["groups"].items()}
