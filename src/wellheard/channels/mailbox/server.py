"""The mailbox itself: what waits in it, one mail at a time, and marking what we have kept."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

_DATE = re.compile(rb'INTERNALDATE "([^"]{20,40})"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxUnavailableError(Exception):
    """The server did not let us in or broke off; ``code`` says which step, never a password."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fetched:
    """``cut``: only the beginning of a mail that is too large."""

    raw: bytes
    arrived_at: datetime
    cut: bool

    def __repr__(self) -> str:
        return f"Fetched({len(self.raw)} bytes)"


class OpenMailbox:
    """A mailbox we are logged in to. Nothing here marks a mail but ``mark_kept``."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        status = box.folder.status(settings.IMAP_FOLDER, ["UIDVALIDITY"])
        self.uid_validity = int(status["UIDVALIDITY"])

    def waiting(self, after: int | None) -> list[int]:
        """The UIDs to take: unseen ones, and all that came after ``after``, also when somebody
        opened them in a mail program meanwhile. None: this mailbox is new to us."""
        unseen = {int(uid) for uid in self._box.uids("UNSEEN")}
        if after is None:
            return sorted(unseen)
        later = {int(uid) for uid in self._box.uids(f"UID {after + 1}:*")}
        # "n:*" names the last mail even when its number is smaller than n (RFC 3501, 6.4.8).
        return sorted(unseen | {uid for uid in later if uid > after})

    def newest(self) -> int:
        """The highest UID there is; 0 in an empty mailbox."""
        return max((int(uid) for uid in self._box.uids("ALL")), default=0)

    def fetch(self, uid: int, *, largest: int, read_of_larger: int) -> Fetched | None:
        """One mail, unmarked; None when it is gone."""
        about = self._ask(uid, "(RFC822.SIZE INTERNALDATE)")
        told = b" ".join(item for item in about if isinstance(item, bytes))
        size = _SIZE.search(told)
        if size is None:
            return None
        cut = int(size.group(1)) > largest
        wanted = f"(BODY.PEEK[]<0.{read_of_larger}>)" if cut else "(BODY.PEEK[])"
        parts = [item[1] for item in self._ask(uid, wanted) if isinstance(item, tuple)]
        return Fetched(bytes(parts[0]), _moment(told), cut) if parts else None

    def mark_kept(self, uids: Sequence[int]) -> None:
        """Flag as seen what is kept with us for good."""
        from imap_tools import MailMessageFlags

        if uids:
            self._box.flag([str(uid) for uid in uids], MailMessageFlags.SEEN, True)

    def _ask(self, uid: int, items: str) -> list[object]:
        status, found = self._box.client.uid("FETCH", str(uid), items)
        if status != "OK":
            raise MailboxUnavailableError("fetch")
        return list(found)


@contextmanager
def open_mailbox() -> Iterator[OpenMailbox]:
    """Log in to the mailbox of the settings. Raises MailboxUnavailableError, also for what breaks
    while it is open."""
    from imap_tools import ImapToolsError

    try:
        box = _connect()
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise MailboxUnavailableError(f"connect-{type(error).__name__}"[:40]) from None
    try:
        box.login(settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER)
        yield OpenMailbox(box)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise MailboxUnavailableError(type(error).__name__[:40]) from None
    finally:
        _leave(box)


def _connect() -> BaseMailBox:
    # Loaded here, as most processes never read a mailbox.
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    host, port = settings.IMAP_HOST, settings.IMAP_PORT
    seconds = settings.CHANNEL_TIMEOUT_SECONDS
    if settings.IMAP_SECURITY == "none":
        return MailBoxUnencrypted(host, port, timeout=seconds)
    trust = ssl.create_default_context(cafile=settings.CHANNEL_CA_FILE or None)
    if settings.IMAP_SECURITY == "starttls":
        return MailBoxStartTls(host, port, timeout=seconds, ssl_context=trust)
    return MailBox(host, port, timeout=seconds, ssl_context=trust)


def _leave(box: BaseMailBox) -> None:
    try:
        box.client.logout()
    except (OSError, imaplib.IMAP4.error):
        return


def _moment(told: bytes) -> datetime:
    found = _DATE.search(told)
    if found is None:
        raise MailboxUnavailableError("date")
    day, _, rest = found.group(1).decode("ascii", "replace").strip().partition(" ")
    return parsedate_to_datetime(f"{day.replace('-', ' ')} {rest}").astimezone(UTC)
