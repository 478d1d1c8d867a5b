"""When and with what people are followed, from versioned data."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from wellheard.channels.outbox.wording import Wording, load_wording
from wellheard.listen.followups.rules import FollowUpRule, read_rule


@cache
def follow_up_rule() -> FollowUpRule:
    """The rule in force."""
    text = files(__package__).joinpath("data", "follow-up-2026-11.json").read_text("utf-8")
    return read_rule(json.loads(text))


@cache
def wording() -> Wording:
    """What the message with the link says."""
    return load_wording(files(__package__) / "wordings", "follow_up")
