"""Short codes that people can read off a poster and type."""

from __future__ import annotations

import re
import secrets

# No 0/O, 1/I/L, 5/S, 8/B, 2/Z, U/V: letters that look alike on paper or sound alike by phone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 5


def new_code() -> str:
    """A random code; 23^5 is 6.4 million, and its uniqueness is the database's to keep."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """The code as it is stored, however it was typed: case, spaces and hyphens do not matter."""
    return re.sub(r"[\s\-]", "", typed).upper()[:8]
