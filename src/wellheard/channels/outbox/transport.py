"""The seam every transport fits: what it is given, what it gives back, how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message, ready to leave. ``key`` is the same at every try of the same sending."""

    key: str
    to: str
    text: str
    at: datetime
    subject: str = ""
    language: str = "en"
    sender_name: str = ""
    receipts_to: str = ""
    unsubscribe_at: str = ""

    def __repr__(self) -> str:
        # An error report prints its variables; the words and the address stay out of it.
        return f"Delivery({self.key})"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; ``provider_id`` is its name for it, "" when it gives none."""

    provider_id: str = ""


class TransportError(Exception):
    """It did not leave. ``code``: a short word or number, never the provider's free text.

    ``permanent``: trying again cannot help. ``stopped``: the provider says the person opted out.
    ``wait``: seconds the provider asked us to wait.
    """

    def __init__(
        self, code: str, *, permanent: bool, stopped: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.stopped = stopped
        self.wait = wait


class Transport(Protocol):
    """A way to the outside: a function that sends or raises TransportError."""

    def __call__(self, delivery: Delivery) -> Accepted: ...
