"""Pure decisions about names and addresses of patients."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

_EMAIL = re.compile(
    r"[^@\s<>\",;:()\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
)
_EMAIL_LONGEST = 254
# No 0/O, 1/I/L: a reference is read out over the telephone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 7
_REFERENCE = re.compile(rf"P-[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")
_MASK = "•••"


class ContactNotUnderstoodError(ValueError):
    """An e-mail address or a phone number could not be read; `kind` is "email" or "sms".

    It never holds the text itself, so that it may be logged.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(f"the {kind} contact could not be read")
        self.kind = kind


def read_email(raw: str) -> str:
    """The address in the one form we store; raises ContactNotUnderstoodError.

    Upper case is folded in the local part too: in theory it may matter (RFC 5321 2.4), in practice
    the same person would be taken for two.
    """
    address = unicodedata.normalize("NFKC", raw).strip().casefold()
    if len(address) > _EMAIL_LONGEST or not _EMAIL.fullmatch(address):
        raise ContactNotUnderstoodError("email")
    return address


def read_phone(raw: str, country: str) -> str:
    """The number as E.164 ("+13125550123"); raises ContactNotUnderstoodError.

    `country` ("US", "GB") is the country a number without a prefix is read in.
    """
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", raw), country)
    except phonenumbers.NumberParseException as error:
        raise ContactNotUnderstoodError("sms") from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ContactNotUnderstoodError("sms")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_contact(kind: str, raw: str, country: str) -> str:
    """`read_email` or `read_phone` by kind ("email", "sms")."""
    return read_email(raw) if kind == "email" else read_phone(raw, country)


def is_reference(raw: str) -> bool:
    """Whether a text has the form of a patient's reference ("P-326QGH6"), in either case."""
    return _REFERENCE.fullmatch(raw.strip().upper()) is not None


def read_either(raw: str, country: str) -> tuple[str, str]:
    """(kind, value) of a text that may be an e-mail address or a number."""
    kind = "email" if "@" in raw else "sms"
    return kind, read_contact(kind, raw, country)


def masked(kind: str, value: str) -> str:
    """Enough to recognise one's own address, too little to learn another's: "m•••@e•••.org"."""
    if kind != "email":
        return f"{_MASK} {value[-2:]}"
    local, _, domain = value.partition("@")
    return f"{local[:1]}{_MASK}@{domain[:1]}{_MASK}.{domain.rpartition('.')[2]}"


def tidy_name(raw: str, *, placeholders: Iterable[str]) -> str:
    """The name without stray white space; "" for what stands in for no name ("NULL", "n/a")."""
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    bare = name.casefold().strip(" .-_<>()[]{}\"'")
    return "" if not bare or bare in set(placeholders) else name


def could_be_same(known: str, given: str) -> bool:
    """Whether two names may mean one person: the words of one are all in the other's."""
    words, others = _words(known), _words(given)
    return not words or not others or words <= others or others <= words


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return set(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def name_to_use(preferred: str, full: str) -> str:
    """What to call a person: the name they asked for, else their full name, else ""."""
    return preferred or full
