"""Twilio's HTTP contract, pure: the form we post, the answer we read, the receipts we get.

Contract: POST /2010-04-01/Accounts/{account}/Messages.json with To, From or MessagingServiceSid,
Body, StatusCallback; 201 with ``sid`` and ``status``; errors are JSON with ``code``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.outbox.transport import Accepted, Delivery, TransportError


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One status callback: ``status`` in our words, "" for a word that tells nothing."""

    provider_id: str
    status: str
    code: str
    stopped: bool


def address_of(gateway: str, account: str) -> str:
    """Where messages of the account are posted."""
    return f"{gateway.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"


def form_of(delivery: Delivery, sender: str) -> dict[str, str]:
    """The form fields. A sender that begins with MG is a messaging service, else a number."""
    source = "MessagingServiceSid" if sender.startswith("MG") else "From"
    fields = {"To": delivery.to, source: sender, "Body": delivery.text}
    # A gateway cannot call back to an address of this machine alone; it refuses the message then.
    if delivery.receipts_to.startswith("https://") or _is_loopback(delivery.receipts_to):
        fields["StatusCallback"] = delivery.receipts_to
    return fields


def _is_loopback(address: str) -> bool:
    return address.startswith(("http://127.0.0.1", "http://localhost"))


def read_accepted(body: bytes) -> Accepted:
    """The answer to an accepted post. An answer we cannot read still means accepted: posting
    again could send twice."""
    return Accepted(str(_json(body).get("sid", ""))[:200])


def read_error(status: int, body: bytes, retry_after: str) -> TransportError:
    """The error that an HTTP answer other than success stands for."""
    code = str(_json(body).get("code", "")) or f"http-{status}"
    codes = gateway_codes()
    stopped = code in codes["stopped"]
    again = status in codes["http_try_again"] or code in codes["try_again"]
    wait = float(retry_after) if retry_after.isdecimal() else 0.0
    permanent = stopped or not (again or status >= 500)
    return TransportError(code, permanent=permanent, stopped=stopped, wait=wait)


def read_report(fields: Mapping[str, str]) -> StatusReport:
    """A status callback's fields, in our words."""
    known: dict[str, str] = gateway_codes()["statuses"]
    code = fields.get("ErrorCode", "")
    return StatusReport(
        provider_id=fields.get("MessageSid", "") or fields.get("SmsSid", ""),
        status=known.get(fields.get("MessageStatus", "") or fields.get("SmsStatus", ""), ""),
        code=code,
        stopped=code in gateway_codes()["stopped"],
    )


@cache
def gateway_codes() -> dict[str, Any]:
    """What the gateway's codes mean for us, from the dated file beside this page."""
    text = files(__package__).joinpath("gateway-codes-2026-11.json").read_text(encoding="utf-8")
    codes: dict[str, Any] = json.loads(text)
    return codes


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
