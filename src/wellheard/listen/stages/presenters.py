"""The words of the gap map."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages.figures import number
from wellheard.listen.intake.presenters import source_words
from wellheard.listen.stages.rules import Point, StageLine

FEW = 10
STAGES = {
    "aware": (gettext_lazy("Becoming aware"), gettext_lazy("has heard of us")),
    "choose": (gettext_lazy("Choosing"), gettext_lazy("compares us with others")),
    "access": (gettext_lazy("Getting in"), gettext_lazy("books, calls, waits for a day")),
    "arrive": (gettext_lazy("Arriving"), gettext_lazy("finds the way, checks in, waits")),
    "receive": (gettext_lazy("Being cared for"), gettext_lazy("is treated or visited")),
    "leave": (gettext_lazy("Leaving"), gettext_lazy("is discharged, is told what follows")),
    "follow_up": (gettext_lazy("Afterwards"), gettext_lazy("recovers, is called, gets the bill")),
    "ongoing": (gettext_lazy("Staying with us"), gettext_lazy("comes again, belongs to us")),
    "former": (gettext_lazy("Having left us"), gettext_lazy("went elsewhere")),
}
STATES = {
    "heard": (gettext_lazy("Heard"), "praise", "ear"),
    "quiet": (gettext_lazy("Nobody spoke"), "attention", "clock"),
    "gap": (gettext_lazy("Nobody is asked"), "danger", "alert"),
}
_PLACES = {
    "ward": gettext_lazy("Cards of wards"),
    "clinic": gettext_lazy("Cards of clinics"),
    "desk": gettext_lazy("Cards of desks"),
    "other": gettext_lazy("Cards of other places"),
}


def lines(found: list[StageLine]) -> list[dict[str, Any]]:
    """Every stage with its state and its listening points."""
    return [
        {
            "stage": line.stage,
            "name": STAGES[line.stage][0],
            "who": STAGES[line.stage][1],
            "state": STATES[line.state],
            "is_gap": line.state == "gap",
            "points": [point_line(point) for point in line.points],
        }
        for line in found
    ]


def point_line(point: Point) -> dict[str, Any]:
    """One listening point: what it is, how many spoke of late, when the last did."""
    return {
        "name": point_name(point),
        "voices": voices_words(point.voices),
        "last_at": point.last_at,
        "is_quiet": not point.voices,
    }


def point_name(point: Point) -> str:
    """What a listening point is called."""
    if point.kind == "cards":
        return str(_PLACES[point.code])
    if point.kind == "source":
        return str(source_words(point.code))
    if point.kind == "survey":
        return _("Survey %(code)s") % {"code": point.code}
    return point.name


def voices_words(voices: int) -> str:
    """A count of voices; few are not told from one another."""
    return _("1 to 9") if 0 < voices < FEW else number(voices)


def lead(found: list[StageLine]) -> str:
    """The map in one sentence."""
    gaps = [str(STAGES[line.stage][0]) for line in found if line.state == "gap"]
    quiet = [str(STAGES[line.stage][0]) for line in found if line.state == "quiet"]
    said = []
    if gaps:
        said.append(_("Nobody is asked at: %(stages)s.") % {"stages": ", ".join(gaps)})
    if quiet:
        said.append(_("Nobody spoke of late at: %(stages)s.") % {"stages": ", ".join(quiet)})
    return " ".join(said) or _("People are heard at every stage.")
