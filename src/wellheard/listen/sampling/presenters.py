"""Plans, waves, silence and feeds in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages.figures import basis, figure, long_date, number, percent
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.forms import METHODS, PERIODS, STRATA
from wellheard.listen.sampling.models import SamplePlan, Wave
from wellheard.listen.sampling.queries import (
    Feed,
    MatrixLine,
    WaveFigures,
    WeekAhead,
    plan_state,
)
from wellheard.listen.sampling.unnamed import unnamed_of
from wellheard.listen.sampling.vocabulary import eligibilities, limits, sequences
from wellheard.listen.surveys.instruments import NoInstrumentError, instrument
from wellheard.people.access.person import Person

MODES = {
    "email": gettext_lazy("E-mail"),
    "sms": gettext_lazy("Text"),
    "paper": gettext_lazy("Paper"),
    "phone": gettext_lazy("Telephone"),
}
STATES = {
    "proposed": (gettext_lazy("waits for a second person"), "attention"),
    "running": (gettext_lazy("running"), "action"),
    "paused": (gettext_lazy("paused"), "attention"),
    "stopped": (gettext_lazy("stopped"), ""),
    "declined": (gettext_lazy("declined"), ""),
}
REASONS = {
    "other_kind": gettext_lazy("another kind of visit"),
    "called_off": gettext_lazy("the appointment was cancelled"),
    "not_over": gettext_lazy("an end in the future: the feed's clock is wrong"),
    "too_late": gettext_lazy("left too long ago to be asked"),
    "minor": gettext_lazy("under age"),
    "age_unknown": gettext_lazy("age not known"),
    "died": gettext_lazy("died"),
    "discharged_to": gettext_lazy("discharged to hospice or a facility"),
    "excluded": gettext_lazy("must not be asked (no publicity, custody, psychiatric, ...)"),
    "no_language": gettext_lazy("the questions are not published in their language"),
    "no_night": gettext_lazy("did not stay a night"),
    "other_line": gettext_lazy("another service line"),
    "asked_lately": gettext_lazy("asked within the last 90 days"),
}
ATTRIBUTES = {
    "place": gettext_lazy("Place"),
    "language": gettext_lazy("Language"),
    "age_band": gettext_lazy("Age"),
    "sex": gettext_lazy("Sex"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "payer": gettext_lazy("Payer"),
}
RATES = {
    "RR1": gettext_lazy("completes, of all drawn and eligible or of unknown eligibility"),
    "RR2": gettext_lazy("completes and partials, of the same"),
    "RR3": gettext_lazy("completes; of unknown eligibility only the likely share counts"),
    "RR4": gettext_lazy("completes and partials; the likely share counts"),
    "RR5": gettext_lazy("completes; of unknown eligibility nobody counts"),
    "RR6": gettext_lazy("completes and partials; nobody of unknown eligibility counts"),
}
SOURCES = {
    "comments": gettext_lazy("Comments"),
    "responses": gettext_lazy("Survey answers"),
    "visits": gettext_lazy("Visits"),
    "invitations": gettext_lazy("Invitations"),
}
DEVICES = {
    "phone": gettext_lazy("Phone"),
    "tablet": gettext_lazy("Tablet"),
    "computer": gettext_lazy("Computer"),
    "": gettext_lazy("Not known"),
}


def plan_line(plan: SamplePlan) -> dict[str, Any]:
    """One plan in the list."""
    words, kind = STATES[plan_state(plan)]
    newest = max((w.starts_on for w in plan.waves.all()), default=None)
    return {
        "plan": plan,
        "state": words,
        "kind": kind,
        "rule": eligibilities()[plan.eligibility].title,
        "asked": title_of(plan),
        "size": number(plan.size),
        "period": dict(PERIODS)[plan.period],
        "newest": newest,
    }


def title_of(plan: SamplePlan) -> str:
    """The instrument's name."""
    try:
        return instrument(plan.instrument, organisation_id=plan.organisation_id).title["en"]
    except NoInstrumentError:
        return plan.instrument


def plan_facts(plan: SamplePlan) -> list[tuple[str, str]]:
    """A plan's settings in words."""
    rule, sequence = eligibilities()[plan.eligibility], sequences()[plan.sequence]
    places = ", ".join(place.name for place in plan.places.all()) or _("All places")
    facts = [
        (_("Questions"), title_of(plan)),
        (_("Who may be asked"), f"{rule.title} ({rule.version})"),
        (_("Places"), places),
        (_("How often"), str(dict(PERIODS)[plan.period])),
        (_("At most"), number(plan.size)),
        (_("How to draw"), str(dict(METHODS)[plan.method])),
        (
            _("Ways of asking"),
            way_words(rules.electronic(sequence.steps) if plan.anonymous else sequence.steps),
        ),
        (
            _("Window"),
            _("first asked %(hours)s hours to %(days)s days after the visit; open %(field)s days")
            % {
                "hours": rule.first_after_hours,
                "days": rule.first_within_days,
                "field": rule.field_days,
            },
        ),
        (
            _("Nobody is asked twice within"),
            _("%(days)s days, over all plans") % {"days": limits().frequency_days},
        ),
    ]
    if plan.anonymous:
        facts.append((_("Anonymous"), anonymous_words()))
    if plan.stratum:
        facts.insert(6, (_("Groups"), str(dict(STRATA)[plan.stratum])))
    return facts


def anonymous_words() -> str:
    """What is promised, and what is given up for it."""
    return _(
        "Nobody can tell whose answers are whose. No paper and no calls: a sheet's number and a "
        "voice say whose they are. No weights, no proposals to ask a silent group by other ways."
    )


def way_words(steps: Sequence[tuple[str, int]]) -> str:
    """ "E-mail on day 0, Text on day 8"."""
    return ", ".join(
        _("%(mode)s on day %(day)s") % {"mode": MODES[mode], "day": days} for mode, days in steps
    )


def left_out_lines(left_out: Mapping[str, int]) -> list[tuple[str, str]]:
    """Why visits were left out, most first."""
    ranked = sorted(left_out.items(), key=lambda pair: -pair[1])
    return [(str(REASONS.get(reason, reason)), number(n)) for reason, n in ranked]


def strata_lines(
    strata: Mapping[str, Sequence[int]], names: Mapping[str, str]
) -> list[dict[str, str]]:
    """Homes and drawn of each stratum, with the chance."""
    return [
        {
            "name": names.get(name, name) if name != rules.EVERYBODY else _("Everybody"),
            "homes": number(homes),
            "drawn": number(drawn),
            "chance": percent(100 * drawn / homes, 1) if homes else "–",
        }
        for name, (homes, drawn) in strata.items()
    ]


def wave_counts(found: WaveFigures, *, unnamed: bool = False) -> list[tuple[str, str]]:
    """How a wave stands, in the order in which it happens. ``unnamed``: who opened or began is
    not kept."""
    on_the_way = [
        (_("Opened"), number(found.opened)),
        (_("Started"), number(found.started)),
    ]
    return [
        (_("Drawn"), number(found.drawn)),
        (_("Asked"), number(found.sent)),
        *([] if unnamed else on_the_way),
        (_("Finished"), number(found.finished)),
        *([] if unnamed else [(_("Partial"), number(found.partial))]),
        (_("Could not be reached"), number(found.undeliverable)),
        (_("Refused"), number(found.refused)),
        (_("Not eligible after all, or died"), number(found.ineligible)),
        (_("Still open"), number(found.open)),
    ]


def unnamed_counts(plan: SamplePlan, person: Person) -> dict[str, str]:
    """How an anonymous plan stands, in words; few are not told from one another."""
    found = unnamed_of(plan, person)
    counts = {"drawn": found.drawn, "links": found.links, "used": found.used, "told": found.told}
    return {
        name: _few() if 0 < n < limits().minimum_group else number(n) for name, n in counts.items()
    }


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What those who answer for some places see of a plan or a wave: how many of their patients
    were drawn, how many answered and the response rate, or that they are too few."""

    drawn: str
    answered: str
    rate: str

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [
            (_("Drawn at your places"), self.drawn),
            (_("Answered"), self.answered),
            (_("Response rate (RR2)"), self.rate),
        ]


def own_figures(found: WaveFigures) -> OwnFigures:
    """Figures of somebody's own places. Hidden together: of few who answered, or few who did not,
    the rate with its n would tell how many."""
    answered, least = found.finished + found.partial, limits().minimum_group
    if 0 < found.drawn < least:
        return OwnFigures(_few(), _few(), _few())
    if not (rules.may_show(answered, least) and rules.may_show(found.drawn - answered, least)):
        return OwnFigures(number(found.drawn), _few(), _few())
    rr2 = next(each["value"] for each in rate_lines(found) if each["code"] == "RR2")
    return OwnFigures(number(found.drawn), number(answered), rr2)


def rate_lines(found: WaveFigures) -> list[dict[str, str]]:
    """Each response rate under its name."""
    return [
        {
            "code": each.code,
            "meaning": str(RATES[each.code]),
            "value": figure(
                100 * each.rate.estimate,
                n=round(each.of),
                low=100 * each.rate.low,
                high=100 * each.rate.high,
                decimals=1,
            )
            if each.rate
            else "–",
        }
        for each in found.rates
    ]


def heard_lines(lines: Sequence[rules.Heard], group: str = "") -> list[dict[str, Any]]:
    """Who was treated and is heard; the few stay hidden."""
    names = dict(settings.LANGUAGES) if group == "language" else {}
    return [
        {
            "value": names.get(line.value, line.value),
            "treated": _few()
            if 0 < line.treated < limits().minimum_group
            else number(line.treated),
            "heard": _few() if line.hidden else number(line.heard),
            "representation": "–"
            if line.hidden or line.representation is None
            else percent(100 * line.representation),
            "basis": ""
            if line.hidden or line.low is None or line.high is None
            else basis(line.heard, 100 * line.low, 100 * line.high),
            "silent": line.silent,
        }
        for line in lines
    ]


def _few() -> str:
    return _("too few to show")


def matrix_lines(lines: Sequence[MatrixLine]) -> list[dict[str, Any]]:
    """The method matrix; shares of few people stay hidden."""
    least = limits().minimum_group
    shown = []
    for line in lines:
        rate, whole = (
            rules.share(line.answered, line.asked),
            rules.share(line.complete, line.answered),
        )
        shown.append(
            {
                "plan": line.plan,
                "language": line.language,
                "modes": " → ".join(str(MODES[mode]) for mode in line.modes),
                "asked": number(line.asked) if line.asked >= least else _few(),
                "answered": _rate(rate) if rate and line.asked >= least else "–",
                "complete": _rate(whole) if whole and line.answered >= least else "–",
            }
        )
    return shown


def _rate(found: Any) -> str:
    return figure(
        100 * found.estimate, n=round(found.n), low=100 * found.low, high=100 * found.high
    )


def week_lines(weeks: Sequence[WeekAhead]) -> list[dict[str, Any]]:
    """The weeks ahead, mode by mode."""
    return [
        {
            "week": week.starts_on,
            "modes": [number(week.by_mode.get(mode, 0)) for mode in MODES],
        }
        for week in weeks
    ]


def feed_lines(feeds: Sequence[Feed]) -> list[dict[str, Any]]:
    """Each feed: volume, lag, silence."""
    shown = []
    for feed in feeds:
        source, _colon, kind = feed.code.partition(":")
        late = feed.lag is not None and feed.lag > limits().lag_alarm_hours
        shown.append(
            {
                "feed": feed,
                "name": f"{SOURCES[source]}: {kind.replace('_', ' ')}",
                "usual": number(feed.usual, 1),
                "last_day": number(feed.last_day),
                "lag": "–" if feed.lag is None else number(feed.lag, 1),
                "late": late,
                "silent": feed.silent,
            }
        )
    return sorted(shown, key=lambda each: (not each["silent"], not each["late"], each["name"]))


def spans_to_draw(plan: SamplePlan, today: date) -> list[tuple[date, str]]:
    """Spans that are over and may still be drawn, newest first."""
    drawn = {wave.starts_on for wave in plan.waves.all() if not wave.group}
    spans, day = [], today
    for _turn in range(4):
        start, end = rules.span_of(plan.period, day)
        if end <= today and start not in drawn:
            spans.append((start, span_words(start, end)))
        day = start - timedelta(days=1)
    return spans


def span_words(start: date, end: date) -> str:
    """ "1 February 2026 to 28 February 2026"."""
    last = end - timedelta(days=1)
    return _("%(start)s to %(end)s") % {"start": long_date(start), "end": long_date(last)}


def wave_title(wave: Wave) -> str:
    """A wave's name: its span, and for a top-up its group."""
    words = span_words(wave.starts_on, wave.ends_on)
    if not wave.group:
        return words
    group = str(ATTRIBUTES.get(wave.group, wave.group))
    return _("%(span)s, top-up: %(group)s %(value)s") % {
        "span": words,
        "group": group,
        "value": wave.value,
    }


def share_words(found: Any) -> str:
    """A share with n and interval."""
    return _rate(found)


def sequence_title(code: str) -> str:
    """The name of a sequence of modes."""
    return sequences()[code].title


def feed_name(code: str) -> str:
    """A feed in words."""
    source, _colon, kind = code.partition(":")
    return f"{SOURCES.get(source, source)}: {kind.replace('_', ' ')}"
