"""The rules of contact, read from the dated files beside this page."""

from __future__ import annotations

import json
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.outbox.rules import Cap, ContactRules, QuietHours, SendingRules


class NoRulesError(LookupError):
    """No file of contact rules is in force for the country on that day."""


def contact_rules(country: str, on: date) -> ContactRules:
    """The newest rules of ``country`` ("US", "GB") in force on that day. Raises NoRulesError."""
    in_force = [rules for rules in _all_contact() if rules.country == country and rules.since <= on]
    if not in_force:
        raise NoRulesError(f"no contact rules for {country} on {on}")
    return max(in_force, key=lambda rules: rules.since)


@cache
def sending_rules() -> SendingRules:
    """How often and how soon a failed sending is tried again."""
    newest = max(_pages("sending-"), key=lambda page: str(page["effective_from"]))
    return SendingRules(
        version=newest["version"],
        attempts=newest["attempts"],
        first_wait=newest["first_wait_seconds"],
        factor=newest["factor"],
        longest_wait=newest["longest_wait_seconds"],
        jitter=newest["jitter"],
        lease=newest["lease_seconds"],
        handed=newest["handed_seconds"],
        no_transport_wait=newest["no_transport_wait_seconds"],
    )


def rule_source(rules: ContactRules, rule: str) -> str:
    """Where a rule named on a decision comes from; "" for the rules of the house's own code."""
    return dict(rules.sources).get(rule, "")


@cache
def _all_contact() -> tuple[ContactRules, ...]:
    return tuple(_read(page) for page in _pages("contact-"))


def _pages(prefix: str) -> list[dict[str, Any]]:
    folder = files(__package__)
    names = sorted(entry.name for entry in folder.iterdir())
    wanted = [n for n in names if n.startswith(prefix) and n.endswith(".json")]
    return [json.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in wanted]


def _read(page: dict[str, Any]) -> ContactRules:
    quiet = page["quiet_hours"]
    return ContactRules(
        version=page["version"],
        country=page["country"],
        since=date.fromisoformat(page["effective_from"]),
        zones=tuple(page["zones"]),
        quiet=QuietHours(time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["until"])),
        quiet_rule=quiet["rule"],
        quiet_channels=frozenset(quiet["channels"]),
        caps=tuple(_cap(cap) for cap in page["caps"]),
        urgent_ignores=frozenset(page["urgent"]["ignores"]),
        stop_line_purposes=frozenset(page["stop_line"]["purposes"]),
        one_click_purposes=frozenset(page["one_click"]["purposes"]),
        longest_hold_days=page["longest_hold_days"],
        sources=tuple(_sources(page)),
    )


def _cap(cap: dict[str, Any]) -> Cap:
    return Cap(
        rule=cap["rule"],
        purposes=frozenset(cap["purposes"]),
        channels=frozenset(cap["channels"]),
        most=cap["most"],
        days=cap["days"],
    )


def _sources(page: dict[str, Any]) -> list[tuple[str, str]]:
    ruled = [page["quiet_hours"], *page["caps"], page["stop_line"], page["one_click"]]
    return [(part["rule"], part["source"]) for part in ruled]
