"""The versioned limits on guessing."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.people.signin.rules import Limit, PasswordLimits


@cache
def password_limits() -> PasswordLimits:
    """Limits on tries with a password."""
    rows = _data()["password"]
    return PasswordLimits(
        per_account_and_source=_limit(rows["per_account_and_source"]),
        per_source=_limit(rows["per_source"]),
        per_account_new_devices=tuple(_limit(row) for row in rows["per_account_new_devices"]),
        per_known_device=_limit(rows["per_known_device"]),
    )


def code_limit() -> Limit:
    """Limit on wrong one-time codes of one account; only who knows the password gets this far."""
    return _limit(_data()["code"]["per_account"])


def reset_limits() -> tuple[Limit, Limit]:
    """Limits on asking for a reset mail: of one account, from one source."""
    rows = _data()["reset"]
    return _limit(rows["per_account"]), _limit(rows["per_source"])


def kept_for() -> timedelta:
    """How long a try is remembered."""
    return timedelta(minutes=_data()["keep_minutes"])


def _limit(row: Mapping[str, int]) -> Limit:
    return Limit(row["most"], timedelta(minutes=row["minutes"]))


@cache
def _data() -> Any:
    return json.loads(files(__package__).joinpath("limits-2026-11.json").read_text("utf-8"))
