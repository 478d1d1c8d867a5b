"""Mails in words a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.channels.mailbox.models import IncomingMail, MailboxState, MailFile

REASONS = {
    "bounce": gettext_lazy("A report that a mail of ours did not arrive"),
    "no_sender": gettext_lazy("It names no sender"),
    "own": gettext_lazy("It comes from our own address"),
    "automatic": gettext_lazy("A program answered by itself"),
    "bulk": gettext_lazy("Sent to many people at once"),
    "hops": gettext_lazy("It went in circles between mail servers"),
}
WHY = {
    "virus": gettext_lazy("Harmful software was found in it"),
    "program": gettext_lazy("It is a program, or carries one"),
    "name_lies": gettext_lazy("Its name says something else than its content"),
    "bomb": gettext_lazy("It would unpack to far more than it shows"),
    "not_scanned": gettext_lazy("It could not be checked for harmful software"),
    "too_many": gettext_lazy("More files than we keep from one mail"),
    "too_large": gettext_lazy("It is too large"),
    "packed": gettext_lazy("A packed folder; we keep pictures, recordings, PDF and text documents"),
    "kind": gettext_lazy("A kind of file we do not keep"),
    "broken": gettext_lazy("It is damaged"),
    "active": gettext_lazy("A PDF that runs or carries something"),
}
PROBLEMS = {
    "too_large": gettext_lazy(
        "The mail is larger than we fetch; its files were left in the mailbox."
    ),
    "too_deep": gettext_lazy("Mails lay within mails; the innermost were left in the mailbox."),
    "too_many_parts": gettext_lazy("It has more parts than we read; the rest is in the mailbox."),
    "too_long": gettext_lazy("The text is longer than we keep; the rest is in the mailbox."),
}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as it stands on a page. ``kind``: of the badge."""

    name: str
    size: int
    says: str
    state: str
    kind: str


def file_lines(files: list[MailFile]) -> list[FileLine]:
    """Each file with what became of it."""
    return [
        FileLine(file.name or _("without a name"), file.size, _says(file), *_state(file))
        for file in files
    ]


def _says(file: MailFile) -> str:
    says = str(WHY.get(file.why, ""))
    return f"{says}: {file.found}" if file.found else says


def _state(file: MailFile) -> tuple[str, str]:
    if file.state == MailFile.State.QUARANTINED:
        return _("Locked away"), "danger"
    if file.state == MailFile.State.REFUSED:
        return _("Not kept"), "attention"
    return (_("With the case"), "action") if file.handed_at else (_("Kept"), "plain")


def state_of(mail: IncomingMail) -> tuple[str, str]:
    """(what became of a mail, kind of badge)."""
    if mail.inbound is not None:
        if mail.inbound.word in ("stop", "start"):
            return _("Asked us to stop") if mail.inbound.word == "stop" else _(
                "Asked us to write again"
            ), "plain"
        return _("Taken in"), "action"
    if mail.looked_at is not None:
        return _("Left aside"), "plain"
    return _("Set aside"), "attention" if mail.reason != "bounce" else "plain"


def problems_of(mail: IncomingMail) -> list[str]:
    """What of the mail could not be read, in sentences."""
    return [str(PROBLEMS[code]) for code in mail.problems if code in PROBLEMS]


def facts_of(mail: IncomingMail) -> list[tuple[str, Any]]:
    """The short facts beside a mail."""
    return [
        (_("From"), mail.sender_name or "–"),
        (_("Address"), mail.sender or "–"),
        (_("Patient"), mail.patient.reference if mail.patient else _("Nobody we know")),
        (_("Language"), mail.language or "–"),
        (_("Answers a message of ours"), _("Yes") if mail.answers_id else _("No")),
    ]


def trouble_of(states: list[MailboxState]) -> list[str]:
    """What is wrong with a mailbox now, in sentences."""
    says = []
    for state in states:
        if state.trouble == "mails_left":
            says.append(
                _(
                    "%(count)s mails could not be taken in yet. They are safe in the mailbox and "
                    "are tried again every minute."
                )
                % {"count": state.left}
            )
        elif state.trouble:
            says.append(
                _("The mailbox cannot be read (%(code)s). Mails wait there; nothing is lost.")
                % {"code": state.trouble}
            )
    return says
