"""The inbox: rows, tabs, filter choices, chips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from wellheard.listen.intake.rules.abuse import soften
from wellheard.people.access.person import Person
from wellheard.people.patients.queries import name_to_greet
from wellheard.people.places.models import Place
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.presenters.badges import (
    LANGUAGE_NAMES,
    Badge,
    DueBadge,
    first_due,
    language_badge,
    status_badge,
    status_words,
    tier_badge,
)
from wellheard.resolve.complaints.queries.filters import STATUSES, CaseFilter, cases_for
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.rules.priority import PriorityModel
from wellheard.understand.themes.models import ThemeLabel

_EXCERPT = 180


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the list."""

    id: int
    reference: str
    title: str
    place: str
    klass: str
    excerpt: str
    language: str
    owner: str
    url: str
    pane_url: str
    received_at: datetime
    due: DueBadge | None
    badges: tuple[Badge, ...]
    current: bool
    unread: bool
    confidential: bool


def rows(
    cases: Iterable[Case], wanted: CaseFilter, model: PriorityModel, now: datetime, open_id: int
) -> list[Row]:
    """The rows of the list; clocks of all of them are read at once."""
    listed = list(cases)
    prefetch_related_objects(listed, "clocks")
    return [row(case, wanted, model, now, open_id) for case in listed]


def row(case: Case, wanted: CaseFilter, model: PriorityModel, now: datetime, open_id: int) -> Row:
    """One row. The clocks of the case should be prefetched."""
    badges = [tier_badge(case, model.label(case.tier)), standing(case, now), language_badge(case)]
    return Row(
        id=case.pk,
        reference=case.reference,
        title=who_said(case),
        place=case.place.name if case.place else _("No place named"),
        klass=pack_of(case).class_label(case.klass),
        excerpt=shortened(soften(case.comment.text)),
        language=case.language,
        owner=case.owner.name,
        url=reverse("complaints:case", args=[case.pk]),
        pane_url=inbox_url(wanted, case=str(case.pk)),
        received_at=case.received_at,
        due=first_due(list(case.clocks.all()), case, now) if case.is_open else None,
        badges=tuple(badge for badge in badges if badge is not None),
        current=case.pk == open_id,
        unread=case.taken_at is None and case.is_open,
        confidential=case.confidential,
    )


def standing(case: Case, now: datetime) -> Badge | None:
    """Where it stands, unless that is what one expects of an open case."""
    return None if case.status(now) == "acknowledged" else status_badge(case, now)


def who_said(case: Case) -> str:
    """Whom the case is from, as a title."""
    name = case.complainant_name or (name_to_greet(case.patient) if case.patient else "")
    return name or _("Somebody who gave no name")


def shortened(text: str) -> str:
    """The first words, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= _EXCERPT:
        return flat
    return flat[:_EXCERPT].rsplit(" ", 1)[0] + " …"


def inbox_url(wanted: CaseFilter, **more: str) -> str:
    """The address of the inbox with a filter."""
    query = wanted.to_query()
    extra = "&".join(f"{key}={value}" for key, value in more.items() if value)
    joined = "&".join(part for part in (query, extra) if part)
    return reverse("complaints:inbox") + (f"?{joined}" if joined else "")


def tabs(person: Person, wanted: CaseFilter, now: datetime) -> list[dict[str, object]]:
    """The views everybody has, each with its count."""
    views = [
        (_("All open"), CaseFilter()),
        (_("Mine"), CaseFilter(owner="me")),
        (_("Not yet taken"), CaseFilter(owner="nobody")),
        (_("Due soon"), CaseFilter(due="soon")),
        (_("Late"), CaseFilter(due="late")),
        (_("Snoozed"), CaseFilter(status="snoozed")),
    ]
    return [
        {
            "label": label,
            "url": inbox_url(view),
            "current": wanted == view,
            "count": cases_for(person, view, now).count(),
        }
        for label, view in views
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One select of the filter bar."""

    name: str
    label: str
    choices: tuple[Choice, ...]


def selects(person: Person, wanted: CaseFilter, model: PriorityModel) -> list[Select]:
    """The selects of the filter bar, with what can be chosen by this person."""
    return [
        _select("status", _("Status"), wanted, [(one, status_words(one)) for one in STATUSES]),
        _select(
            "due", _("Due"), wanted, _any([("late", _("Late")), ("soon", _("Within 48 hours"))])
        ),
        _select(
            "owner", _("Owner"), wanted, _any([("me", _("Me")), ("nobody", _("Not yet taken"))])
        ),
        _select(
            "tier", _("Urgency"), wanted, _any([(t.code, t.label) for t in model.tiers.values()])
        ),
        _select("place", _("Place"), wanted, _any(_places(person))),
        _select("theme", _("Theme"), wanted, _any(_themes(person))),
        _select("language", _("Language"), wanted, _any(list(LANGUAGE_NAMES.items()))),
        _select(
            "kind",
            _("Kind"),
            wanted,
            _any([("complaint", _("Complaint")), ("inquiry", _("Inquiry"))]),
        ),
    ]


def _any(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("Any")), *pairs]


def _select(name: str, label: str, wanted: CaseFilter, pairs: Sequence[tuple[str, str]]) -> Select:
    chosen = getattr(wanted, name)
    return Select(name, label, tuple(Choice(v, words, v == chosen) for v, words in pairs))


def _places(person: Person) -> list[tuple[str, str]]:
    places = Place.objects.of(person.organisation_id).within(person.places("case.read"))
    return [(str(place.pk), place.name) for place in places]


def _themes(person: Person) -> list[tuple[str, str]]:
    labels = ThemeLabel.objects.filter(
        organisation_id=person.organisation_id, comment__case__isnull=False, holds=True
    )
    codes = labels.order_by("theme").values_list("theme", flat=True).distinct()
    return [(code, theme_words(code)) for code in codes]


def theme_words(code: str) -> str:
    """A theme's code as words."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def chips(wanted: CaseFilter, choices: Sequence[Select]) -> list[dict[str, str]]:
    """The filters that are on, each with the address that takes it off."""
    found = []
    default = CaseFilter()
    for name, value in wanted.narrowed.items():
        label = _words_of(name, value, choices)
        url = reverse("complaints:inbox") + "?" + wanted.to_query(**{name: getattr(default, name)})
        found.append({"label": label, "url": url})
    return found


def _words_of(name: str, value: str, choices: Sequence[Select]) -> str:
    for select in choices:
        if select.name == name:
            for choice in select.choices:
                if choice.value == value:
                    return f"{select.label}: {choice.label}"
    return f"“{value}”" if name == "q" else f"{name}: {value}"
