"""One raw mail, read: who, when, what, in answer to what, and the files that came with it.

Pure, and made for hostile or broken mail: headers that cannot be parsed, character sets that do
not exist, parts within parts without end. Nothing here raises for what a mail contains.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from wellheard.channels.mailbox.headers import decoded, one_line
from wellheard.channels.mailbox.limits import MailRules
from wellheard.channels.mailbox.markup import words_of_html
from wellheard.channels.mailbox.quotes import new_words

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_FALLBACK = "windows-1252"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a mail. ``content_type`` is what the sender says it is."""

    name: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Part({len(self.content)} bytes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """``words``: what is new in it; ``original``: everything that stood there, quotes and
    signature too. ``headers``: the first value of each, names in lower case. ``answers``: the
    Message-IDs it answers, nearest first. ``failed``: of a delivery report, the Message-ID and the
    status of the mail that did not arrive."""

    fingerprint: str
    message_id: str
    sender: str
    sender_name: str
    subject: str
    sent_at: datetime | None
    headers: dict[str, str]
    hops: int
    answers: tuple[str, ...]
    words: str
    original: str
    parts: tuple[Part, ...]
    is_report: bool
    failed: tuple[str, str] | None
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        # An error report prints its variables; the sender's words stay out of it.
        return f"ReadMail({self.fingerprint[:12]})"


def read_mail(raw: bytes, rules: MailRules, *, cut: bool = False) -> ReadMail:
    """Everything we need of a mail. ``cut``: only its beginning was fetched, as it is too large;
    then its files are left out, as they may be cut too."""
    mail = message_from_bytes(raw, policy=compat32)
    headers = _headers(mail)
    leaves, problems = _leaves(mail, rules)
    if cut:
        problems.append("too_large")
    original = _text_of(leaves)
    if len(original) > rules.longest_original:
        original = original[: rules.longest_original]
        problems.append("too_long")
    name, address = _sender(headers)
    return ReadMail(
        fingerprint=_fingerprint(headers, raw),
        message_id=_first_id(headers.get("message-id", "")),
        sender=address,
        sender_name=name,
        subject=one_line(headers.get("subject", ""), 300),
        sent_at=_moment(headers.get("date", "")),
        headers=headers,
        hops=len(mail.get_all("Received") or ()),
        answers=_answers(headers),
        words=new_words(original, rules),
        original=original,
        parts=() if cut else tuple(_files(leaves)),
        is_report=mail.get_content_type() == "multipart/report",
        failed=_failure(mail, leaves),
        problems=tuple(problems),
    )


def _headers(mail: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        found.setdefault(str(name).lower(), decoded(str(value)))
    return found


def _sender(headers: dict[str, str]) -> tuple[str, str]:
    for header in ("from", "sender", "return-path"):
        # A name may hold commas that were hidden by its encoding, so the address is sought.
        pairs = getaddresses([headers.get(header, "")])
        for name, address in reversed(pairs):
            if "@" in address:
                return one_line(name, 200), address.strip()[:254]
    return "", ""


def _first_id(value: str) -> str:
    found = _MESSAGE_ID.search(value)
    return found.group() if found else ""


def _answers(headers: dict[str, str]) -> tuple[str, ...]:
    replied = _MESSAGE_ID.findall(headers.get("in-reply-to", ""))
    referred = _MESSAGE_ID.findall(headers.get("references", ""))
    return tuple(dict.fromkeys([*replied, *reversed(referred)]))[:50]


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _fingerprint(headers: dict[str, str], raw: bytes) -> str:
    """The same for the same mail delivered twice by different ways, other for any other.

    The Message-ID alone would not do: broken programs give one to many mails.
    """
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip()
    named = "\n".join(headers.get(name, "") for name in ("message-id", "from", "date", "subject"))
    return hashlib.sha256(named.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _leaves(mail: Message, rules: MailRules) -> tuple[list[Message], list[str]]:
    """The parts that hold something, in order; what is nested too deeply is left out and said."""
    leaves: list[Message] = []
    problems: dict[str, None] = {}
    waiting: list[tuple[Message, int]] = [(mail, 0)]
    while waiting:
        part, depth = waiting.pop(0)
        inner = part.get_payload()
        if not isinstance(inner, list):
            leaves.append(part)
        elif depth >= rules.deepest_parts:
            problems["too_deep"] = None
        else:
            # A mail within a mail is read as a part of it, so that nothing hides inside.
            waiting = [(each, depth + 1) for each in inner if isinstance(each, Message)] + waiting
        if len(leaves) + len(waiting) > rules.most_parts:
            problems["too_many_parts"] = None
            waiting = waiting[: max(rules.most_parts - len(leaves), 0)]
    return leaves, list(problems)


def _is_file(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition", "")).lower().lstrip()
    kind = part.get_content_type()
    if kind in ("text/plain", "text/html") and not disposition.startswith("attachment"):
        return _name(part) != "" and not kind.endswith("html") and disposition != ""
    # A "multipart" without parts is a text whose boundary was lost on the way.
    return kind not in ("message/delivery-status", "text/rfc822-headers") and not _is_lost(part)


def _is_lost(part: Message) -> bool:
    return part.get_content_maintype() == "multipart"


def _text_of(leaves: list[Message]) -> str:
    """The plain words; of the HTML only when there are no plain ones worth reading."""
    texts = [part for part in leaves if part.get_content_maintype() in ("text", "multipart")]
    shown = [part for part in texts if not _is_file(part)]
    plain = [_decoded(p) for p in shown if p.get_content_type() == "text/plain" or _is_lost(p)]
    said = "\n\n".join(text.strip() for text in plain if text.strip())
    if said:
        return said
    pages = [words_of_html(_decoded(p)) for p in shown if p.get_content_type() == "text/html"]
    return "\n\n".join(page for page in pages if page)


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    text = part.get_payload()
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def _decoded(part: Message) -> str:
    content = _bytes(part)
    for charset in (_charset(part), "utf-8"):
        try:
            # Some character sets (utf-7) can name half a character, which nothing can keep.
            whole = content.decode(charset).encode("utf-8", "replace").decode("utf-8")
            return whole.replace("\r\n", "\n").replace("\0", "")
        except (LookupError, ValueError):
            continue
    return content.decode(_FALLBACK, "replace").replace("\r\n", "\n").replace("\0", "")


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "utf-8")
    except (ValueError, LookupError, TypeError):
        return "utf-8"


def _files(leaves: list[Message]) -> Iterator[Part]:
    for part in leaves:
        if _is_file(part):
            content = _bytes(part)
            if content:
                yield Part(_name(part), part.get_content_type(), content)


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    # A path is not part of a name, and a name does not turn the direction of what stands beside.
    return one_line(decoded(str(name)), 300).replace("\\", "/").rpartition("/")[2][-200:]


def _failure(mail: Message, leaves: list[Message]) -> tuple[str, str] | None:
    """(Message-ID, status) of a delivery report that says "failed" (RFC 3464)."""
    if mail.get_content_type() != "multipart/report":
        return None
    fields = [
        line.partition(":")[::2]
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status"
        for line in part.as_string().splitlines()
    ]
    told = {name.strip().lower(): value.strip() for name, value in fields}
    if told.get("action", "").lower() != "failed":
        return None
    returned = (
        str(part.get("Message-ID", "")) + " " + _decoded(part)
        for part in mail.walk()
        if part is not mail and part.get_content_type() != "message/delivery-status"
    )
    named = re.search(r"(?im)^message-id:\s*(<[^<>\s]+>)", "\n".join(returned))
    inner = next(
        (
            _first_id(str(p.get("Message-ID", "")))
            for p in mail.walk()
            if p is not mail and p.get("Message-ID")
        ),
        "",
    )
    found = inner or (named.group(1) if named else "")
    return (found, told.get("status", "")[:20]) if found else None
