"""Reading settings from the environment, strictly: a malformed value stops the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# The house computes with many small matrices. Threads of the linear algebra library wait for each
# other by spinning: beside other work on the same cores that costs four times the processor time.
# It reads this when it is first loaded; whoever sets it themselves is left alone.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class BadSetting(SystemExit):
    """A setting from the environment that cannot be used; its message names the variable."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"wellheard: setting {name}: {why}")


def text(name: str, default: str = "") -> str:
    """The variable's value, or the content of the file named by ``<NAME>_FILE`` (for secrets)."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE", f"cannot be read ({error.strerror})") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if value in {"", "1", "0", "yes", "no", "true", "false"}:
        return default if value == "" else value in {"1", "yes", "true"}
    raise BadSetting(name, f"say yes or no, not {value!r}")


def number(name: str, default: int, *, low: int = 0, high: int = 10**9) -> int:
    value = text(name)
    if value == "":
        return default
    try:
        found = int(value)
    except ValueError:
        raise BadSetting(name, f"a whole number is needed, not {value!r}") from None
    if not low <= found <= high:
        raise BadSetting(name, f"must be between {low} and {high}")
    return found


def one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise BadSetting(name, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value


def words(name: str, default: list[str]) -> list[str]:
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def home_folder() -> Path:
    """Where everything this installation keeps lies: database, keys, files, sent messages."""
    named = os.environ.get("WELLHEARD_HOME")
    return Path(named).expanduser() if named else Path.home() / ".local/share/wellheard"


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's DATABASES["default"] for ``postgresql://user:pass@host:port/name`` or, when empty,
    for the embedded SQLite database in the home folder."""
    if url == "":
        return _sqlite(home / "wellheard.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadSetting("WELLHEARD_DATABASE_URL", "must begin with postgresql:// or sqlite://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # IMMEDIATE takes the write lock at BEGIN, so two writers wait instead of failing
            # half-way; FULL survives a power cut, not only a killed process.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
