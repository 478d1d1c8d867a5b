"""Numbers and moments as people read them: thin spaces, real minus signs, dates written out.

Pure apart from Django's active language, which decides the decimal sign, the digits and the order
of a date. A number from statistics is never shown alone: ``figure`` puts its ``n`` and interval
beside it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
EN_DASH = "\u2013"
NO_VALUE = "\u2013"
# An isolate keeps "78 % (n 412, 74–82)" in its order inside a right-to-left sentence.
LEFT_TO_RIGHT, END_OF_ISOLATE = "\u2066", "\u2069"

Number = int | float | Decimal


def number(value: Number | None, decimals: int = 0) -> str:
    """``12 345`` or ``-0.5`` with a real minus; an en dash when there is no value.

    Groups of three are set apart by a narrow space from 10 000 on (ISO 80000-1), so that the
    same figure reads alike in every language; the decimal sign is the language's own.
    """
    if value is None:
        return NO_VALUE
    rounded = f"{abs(value):.{decimals}f}"
    whole, _point, fraction = rounded.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", NARROW_SPACE)
    sign = MINUS if value < 0 and rounded.strip("0.") else ""
    return sign + whole + (decimal_sign() + fraction if fraction else "")


def signed(value: Number | None, decimals: int = 1) -> str:
    """``+1.8`` or ``-3.8``: a change always shows which way it went."""
    text = number(value, decimals)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def percent(value: Number | None, decimals: int = 0) -> str:
    """``78 %`` from 78 (already in percent, not a share)."""
    return NO_VALUE if value is None else f"{number(value, decimals)}{NARROW_SPACE}%"


def interval(low: Number | None, high: Number | None, decimals: int = 0) -> str:
    """``74-82`` with an en dash; ``-3 to 2`` in words when a bound is negative."""
    if low is None or high is None:
        return NO_VALUE
    first, last = number(low, decimals), number(high, decimals)
    if low < 0 or high < 0:
        return _("%(low)s to %(high)s") % {"low": first, "high": last}
    return f"{first}{EN_DASH}{last}"


def figure(
    value: Number | None,
    *,
    n: int | None,
    low: Number | None = None,
    high: Number | None = None,
    unit: str = "%",
    decimals: int = 0,
) -> str:
    """``78 % (n 412, 74-82)``: the one way a statistic is written in a sentence."""
    return isolate(f"{with_unit(value, unit, decimals)} ({basis(n, low, high, decimals)})")


def with_unit(value: Number | None, unit: str = "%", decimals: int = 0) -> str:
    """The bare value with its unit: ``78 %``, ``4.2``, ``3 days``."""
    if value is None or not unit:
        return number(value, decimals)
    return f"{number(value, decimals)}{NARROW_SPACE}{unit}"


def basis(
    n: int | None, low: Number | None = None, high: Number | None = None, decimals: int = 0
) -> str:
    """What a figure rests on: ``n 412, 74-82``."""
    size = f"n{NARROW_SPACE}{number(n)}"
    return size if low is None or high is None else f"{size}, {interval(low, high, decimals)}"


def long_date(value: date | datetime | None) -> str:
    """``3 November 2026``, in the language's own order; a moment is shown in the active zone."""
    if value is None:
        return NO_VALUE
    return formats.date_format(local(value), "DATE_FORMAT" if _language_writes_dates() else "j F Y")


def long_moment(value: datetime | None) -> str:
    """``3 November 2026, 14:05``."""
    if value is None:
        return NO_VALUE
    time = formats.date_format(local(value), "H:i")
    return _("%(date)s, %(time)s") % {"date": long_date(value), "time": time}


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: ``3 days``, ``5 hours``, ``12 minutes``."""
    seconds = int(abs(length).total_seconds())
    if seconds >= 86_400:
        days = seconds // 86_400
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if seconds >= 3600:
        hours = seconds // 3600
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    minutes = max(1, seconds // 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def local(value: date | datetime) -> date | datetime:
    """A moment in the active zone; a plain date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def decimal_sign() -> str:
    """The active language's decimal sign."""
    return str(formats.get_format("DECIMAL_SEPARATOR"))


def isolate(text: str) -> str:
    """Keep a figure in its own order inside a right-to-left sentence."""
    return f"{LEFT_TO_RIGHT}{text}{END_OF_ISOLATE}"


def _language_writes_dates() -> bool:
    """Whether Django's format for this language writes the month as a word, day first.

    English has "N j, Y" ("Nov. 3, 2026"), which abbreviates; every other language we speak
    writes the date out.
    """
    return "F" in str(formats.get_format("DATE_FORMAT"))
