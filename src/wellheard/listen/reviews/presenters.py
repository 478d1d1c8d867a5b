"""Words for what happened to outlets and reviews."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wellheard.listen.reviews.models import OutletReading


def reading_words(reading: OutletReading | None) -> str:
    """How a reading went, in one line."""
    if reading is None:
        return _("Not read yet")
    if reading.outcome == OutletReading.Outcome.UNCHANGED:
        return _("Nothing new")
    if reading.outcome == OutletReading.Outcome.FAILED:
        return _("Failed: %(why)s") % {"why": failure_words(reading.code)}
    words = _("%(new)s new, %(edited)s edited, %(deleted)s deleted") % {
        "new": reading.new, "edited": reading.edited, "deleted": reading.deleted
    }  # fmt: skip
    if reading.left_out:
        words += ", " + _("%(n)s left out") % {"n": reading.left_out}
    if reading.broken:
        words += ", " + _("%(n)s could not be read") % {"n": reading.broken}
    return words


def failure_words(code: str) -> str:
    """Why an outlet could not be read."""
    words = {
        "too-slow": _("it answers too slowly"),
        "too-large": _("it sends more than 5 MB"),
        "broke-off": _("it broke off"),
        "private-address": _("its address leads into a private network"),
        "not-http": _("its address is not on the web"),
        "not-a-feed": _("what it sends is no feed"),
        "broken-feed": _("its feed is broken"),
        "not-json": _("what it sends is no JSON"),
        "no-items": _("the list of items is not where the mapping says"),
        "no-columns": _("the columns are not named as the mapping says"),
        "other-host": _("its next page is on another host"),
        "too-many-pages": _("it has too many pages"),
    }
    return words.get(code, code)


def version_words(kind: str) -> str:
    """What a version is."""
    return {
        "first": _("First seen"),
        "edited": _("Edited"),
        "deleted": _("Deleted by its author or the outlet"),
        "returned": _("Published again"),
    }[kind]
