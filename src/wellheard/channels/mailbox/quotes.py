"""What of a mail is new: without the mail it answers and without the signature."""

from __future__ import annotations

from collections.abc import Sequence

from wellheard.channels.mailbox.limits import MailRules

_JOINED = 3


def new_words(text: str, rules: MailRules) -> str:
    """The words the sender wrote this time.

    Answers written between quoted lines stay. A mail in which nothing else stands is given back
    whole, since a person sent it to say something.
    """
    lines = text.splitlines()
    end = _where_quote_begins(lines, rules)
    kept = [line for line in lines[:end] if not _is_quoted(line)]
    if end < len(lines) and any(_is_quoted(line) for line in lines[end:]):
        kept += [line for line in _after_line(lines, end, rules) if not _is_quoted(line)]
    said = "\n".join(_without_signature(kept, rules)).strip()
    return said or text.strip()


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _where_quote_begins(lines: Sequence[str], rules: MailRules) -> int:
    for at, line in enumerate(lines):
        if _is_quoted(line):
            continue
        if _length_of_lead(lines, at, rules) or _is_header_block(lines, at, rules):
            return at
    return len(lines)


def _length_of_lead(lines: Sequence[str], at: int, rules: MailRules) -> int:
    """How many lines "On Monday Rosa wrote:" takes here (programs break it); 0 for none."""
    for count in range(1, _JOINED + 1):
        joined = " ".join(line.strip() for line in lines[at : at + count])
        if any(pattern.search(joined) for pattern in rules.quote_follows):
            return count
    return 0


def _is_header_block(lines: Sequence[str], at: int, rules: MailRules) -> bool:
    """ "From: ...", "Sent: ..." on lines that follow one another: Outlook quotes so."""
    first, second = rules.header_block
    if not first.search(_plain(lines[at])):
        return False
    return any(second.search(_plain(line)) for line in lines[at + 1 : at + 4])


def _plain(line: str) -> str:
    return line.strip().strip("*").replace("*", "")


def _after_line(lines: Sequence[str], at: int, rules: MailRules) -> Sequence[str]:
    return lines[at + max(_length_of_lead(lines, at, rules), 1) :]


def _without_signature(lines: Sequence[str], rules: MailRules) -> Sequence[str]:
    for at, line in enumerate(lines):
        if any(pattern.search(line.strip()) for pattern in rules.signature):
            rest = [each for each in lines[at + 1 :] if each.strip()]
            # A long text after "--" is no signature: somebody draws lines with hyphens.
            if len(rest) <= 12:
                return lines[:at]
    return lines
