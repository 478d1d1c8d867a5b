"""The words of the page of follow-ups."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wellheard.base.pages.figures import number
from wellheard.listen.followups.models import FollowUpPlan
from wellheard.listen.followups.queries import Asked, asked
from wellheard.listen.followups.vocabulary import follow_up_rule

STATES = {
    "proposed": (gettext_lazy("waits for a second person"), "plain"),
    "running": (gettext_lazy("runs"), "better"),
    "stopped": (gettext_lazy("stopped"), "plain"),
}
KINDS = {
    "inpatient": gettext_lazy("Stays"),
    "day_surgery": gettext_lazy("Day surgery"),
    "ambulatory": gettext_lazy("Clinic visits"),
}
DROPPED = {
    "died": gettext_lazy("The person has died"),
    "refused": gettext_lazy("Does not want to be asked"),
    "stopped": gettext_lazy("The plan was stopped"),
    "no_first": gettext_lazy("Did not answer the first time"),
    "no_consent": gettext_lazy("Has not agreed to surveys"),
    "unreachable": gettext_lazy("No address we may use"),
    "too_late": gettext_lazy("Its time had passed"),
}
PROBLEMS = {
    "name": gettext_lazy("Give the plan a name."),
    "kinds": gettext_lazy("Choose at least one kind of visit."),
    "place": gettext_lazy("Choose places of this organisation."),
    "same_person": gettext_lazy("A second person has to start it."),
    "state": gettext_lazy("This plan cannot be started any more."),
}


def plan_line(plan: FollowUpPlan, person_id: int) -> dict[str, Any]:
    """One plan with how each time of asking goes."""
    words, kind = STATES[plan.state]
    return {
        "plan": plan,
        "state": words,
        "kind": kind,
        "kinds": ", ".join(str(KINDS.get(each, each)) for each in plan.kinds),
        "places": ", ".join(place.name for place in plan.places.all()),
        "times": [time_line(each) for each in asked(plan)],
        "is_own": plan.proposed_by_id == person_id,
    }


def time_line(each: Asked) -> dict[str, Any]:
    """One time of asking; few people are not told from nobody."""
    return {
        "name": when(each.months),
        "waiting": few(each.waiting),
        "asked": few(each.asked),
        "answered": few(each.answered),
        "dropped": [(str(DROPPED[why]), few(n)) for why, n in sorted(each.dropped.items())],
    }


def when(months: int) -> str:
    """``after 3 months``; soon after the visit for 0."""
    if months == 0:
        return _("soon after the visit")
    return ngettext("after %(n)s month", "after %(n)s months", months) % {"n": number(months)}


def few(n: int) -> str:
    """A count, or that it is too small to tell."""
    least = follow_up_rule().shown_from
    return _("fewer than %(n)s") % {"n": least} if 0 < n < least else number(n)
