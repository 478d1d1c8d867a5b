"""Which mails a machine wrote: such a mail is kept, and never answered (RFC 3834)."""

from __future__ import annotations

from collections.abc import Collection

from wellheard.channels.mailbox.codec import ReadMail
from wellheard.channels.mailbox.limits import MailRules


def machine_reason(mail: ReadMail, own: Collection[str], rules: MailRules) -> str:
    """Why this is no person's mail: bounce, own, automatic, bulk, hops; "" when it may be one.

    ``own``: our addresses in lower case; what comes from them would answer itself for ever.
    """
    headers, sender = mail.headers, mail.sender.casefold()
    if mail.is_report or headers.get("return-path", "?").strip() == "<>":
        return "bounce"
    if not sender:
        return "no_sender"
    if sender in own:
        return "own"
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted not in ("no", ""):
        return "automatic"
    if headers.get("precedence", "").strip().lower() in rules.precedence:
        return "bulk"
    if any(name in headers for name in rules.automatic_headers):
        return "automatic"
    if sender.partition("@")[0] in rules.automatic_senders:
        return "automatic"
    return "hops" if mail.hops > rules.most_hops else ""


def is_reply(mail: ReadMail, rules: MailRules) -> bool:
    """Whether the mail says that it answers one of ours, if not which."""
    subject = mail.subject.casefold()
    return bool(mail.answers) or any(subject.startswith(mark) for mark in rules.reply_marks)
