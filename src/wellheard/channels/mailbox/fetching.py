"""Taking in what waits in the mailbox: each mail kept first, and only then marked as seen.

A process that dies in between leaves the mail unmarked; it is fetched again and found to be kept.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings

from wellheard.base.vault.sealing import digest
from wellheard.channels.mailbox.actions import CheckedPart, keep_mail
from wellheard.channels.mailbox.codec import Part, read_mail
from wellheard.channels.mailbox.files import Judged, judge
from wellheard.channels.mailbox.limits import mail_rules
from wellheard.channels.mailbox.loops import machine_reason
from wellheard.channels.mailbox.models import MailboxState
from wellheard.channels.mailbox.server import (
    Fetched,
    MailboxUnavailableError,
    OpenMailbox,
    open_mailbox,
)
from wellheard.channels.mailbox.virus import ScannerUnavailableError, ask_scanner
from wellheard.people.places.models import Organisation

logger = logging.getLogger("wellheard.mailbox")
SCANNER_PATIENCE = timedelta(hours=1)


def organisation_of_mailbox() -> Organisation | None:
    """Whose mailbox it is: the one the settings name, else the only one there is."""
    if settings.IMAP_ORGANISATION:
        return Organisation.objects.filter(slug=settings.IMAP_ORGANISATION).first()
    found = list(Organisation.objects.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def read_mailbox(organisation: Organisation, *, at: datetime) -> int:
    """Take in what waits; how many mails. What goes wrong is noted and tried again next time."""
    account = f"{settings.IMAP_HOST}/{settings.IMAP_USER}/{settings.IMAP_FOLDER}"
    state, _ = MailboxState.objects.get_or_create(
        organisation=organisation, account=digest(account, "mailbox")
    )
    try:
        with open_mailbox() as box:
            return _read(box, state, at)
    except MailboxUnavailableError as error:
        logger.error("the mailbox could not be read", extra={"code": error.code})
        _note(state, error.code, state.left, at)
        return 0


def _read(box: OpenMailbox, state: MailboxState, at: datetime) -> int:
    known = state.read_at is not None and state.uid_validity == box.uid_validity
    waiting = box.waiting(state.last_uid if known else None)
    now, later = _split(waiting)
    kept, left = [], []
    for uid in now:
        # One mail that cannot be taken must not keep the others waiting.
        if _take(box, uid, state.organisation, at):
            kept.append(uid)
            box.mark_kept([uid])
        else:
            left.append(uid)
    state.uid_validity = box.uid_validity
    state.last_uid = _reached(box, state, kept, [*left, *later], known)
    state.read_at = at
    _note(state, "mails_left" if left else "", len(left) + len(later), at)
    return len(kept)


def _split(waiting: list[int]) -> tuple[list[int], list[int]]:
    most = mail_rules().mails_at_once
    return waiting[:most], waiting[most:]


def _reached(
    box: OpenMailbox, state: MailboxState, kept: list[int], left: list[int], known: bool
) -> int:
    """Up to which UID nothing is left to do."""
    if left:
        return max(min(left) - 1, 0)
    if not known:
        return box.newest() if not kept else max(box.newest(), *kept)
    return max([state.last_uid, *kept])


def _take(box: OpenMailbox, uid: int, organisation: Organisation, at: datetime) -> bool:
    """Whether the mail is dealt with for good."""
    rules = mail_rules()
    fetched = box.fetch(uid, largest=rules.largest_mail, read_of_larger=rules.read_of_larger)
    if fetched is None:
        return True
    try:
        take_raw(fetched, organisation=organisation, at=at)
    except ScannerUnavailableError:
        return False
    except MailboxUnavailableError:
        raise
    except Exception as failure:
        logger.error(
            "a mail could not be taken", extra={"uid": uid, "error": type(failure).__name__}
        )
        return False
    return True


def take_raw(fetched: Fetched, *, organisation: Organisation, at: datetime) -> None:
    """Read, check and keep one raw mail. Raises ScannerUnavailableError while the scanner is
    away and the mail is fresh: it waits where it is."""
    rules = mail_rules()
    mail = read_mail(fetched.raw, rules, cut=fetched.cut)
    patient = at - fetched.arrived_at < SCANNER_PATIENCE
    keep_mail(
        mail,
        [
            _checked(part, verdict, patient=patient)
            for part, verdict in zip(mail.parts, judge(mail.parts, rules), strict=True)
        ],
        organisation=organisation,
        reason=machine_reason(mail, own_addresses(), rules),
        arrived_at=fetched.arrived_at,
        at=at,
    )


def own_addresses() -> frozenset[str]:
    """Our addresses: a mail from one of them would be answered to ourselves."""
    named = (settings.EMAIL_FROM, settings.EMAIL_REPLY_TO, settings.IMAP_USER)
    addresses = (parseaddr(each)[1].casefold() for each in named)
    return frozenset(each for each in addresses if "@" in each)


def _checked(part: Part, verdict: Judged, *, patient: bool) -> CheckedPart:
    if verdict.state != "kept" or not settings.CLAMD_HOST:
        return CheckedPart(part.name, part.content, verdict)
    try:
        found = ask_scanner(
            part.content,
            host=settings.CLAMD_HOST,
            port=settings.CLAMD_PORT,
            seconds=settings.CHANNEL_TIMEOUT_SECONDS,
        )
    except ScannerUnavailableError:
        if patient:
            raise
        return CheckedPart(part.name, part.content, Judged("quarantined", "not_scanned"))
    if found:
        return CheckedPart(part.name, part.content, Judged("quarantined", "virus"), found)
    return CheckedPart(part.name, part.content, verdict)


def _note(state: MailboxState, trouble: str, left: int, at: datetime) -> None:
    state.trouble_since = (state.trouble_since or at) if trouble else None
    state.trouble, state.left = trouble, left
    state.save()
