"""What the inbox and the case page share: which case, which form is open, and the way back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from wellheard.base.audit.trail import record_read
from wellheard.people.access.doors import StaffRequest, refuse
from wellheard.people.access.person import Person
from wellheard.resolve.complaints.actions.letters import letter_flags
from wellheard.resolve.complaints.forms.fields import StepForm
from wellheard.resolve.complaints.forms.letters import LetterForm, TranslationForm
from wellheard.resolve.complaints.models import Case, Draft, Letter, Presence
from wellheard.resolve.complaints.presenters.badges import LANGUAGE_NAMES
from wellheard.resolve.complaints.presenters.case_page import case_view, visitors
from wellheard.resolve.complaints.presenters.inbox import inbox_url
from wellheard.resolve.complaints.presenters.letters import addressed_to, prefilled, preview
from wellheard.resolve.complaints.queries.filters import CaseFilter, read_filter
from wellheard.resolve.complaints.queries.letters import TRANSLATED, parts_of, translation_of
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.views.steps import FIRST, MORE, STEPS, initial_for, may_take
from wellheard.resolve.complaints.wording import spoken

PREFIX = "step"
_READ = ("place", "site", "organisation", "owner", "patient", "comment", "pack", "same_as")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the person is: in the inbox with a filter, or on the page of one case."""

    wanted: CaseFilter | None

    def url(self, case: Case, **more: str) -> str:
        """The address of this case from here."""
        if self.wanted is not None:
            return inbox_url(self.wanted, case=str(case.pk), **more)
        extra = "&".join(f"{key}={value}" for key, value in more.items() if value)
        page = reverse("complaints:case", args=[case.pk])
        return f"{page}?{extra}" if extra else page

    @property
    def back(self) -> str:
        """What a form carries so that its answer leads back here."""
        return "" if self.wanted is None else f"inbox?{self.wanted.to_query()}"


def spot_of(back: str) -> Spot:
    """The spot that a form carried; anything else is the page of the case."""
    kind, _, query = back.partition("?")
    return Spot(read_filter(QueryDict(query).dict()) if kind == "inbox" else None)


def find_case(request: StaffRequest, case_id: int) -> Case:
    """The case, if this person may read it; what they may not see is not found, and audited."""
    person = request.person
    mine = Case.objects.visible_to(person).select_related(*_READ)
    case = mine.filter(pk=case_id).first()
    if case is None:
        if Case.objects.of(person.organisation_id).filter(pk=case_id).exists():
            refuse(request, "case.read", ("resolve.case", str(case_id)))
        raise Http404
    return case


def case_context(
    request: StaffRequest,
    case: Case,
    spot: Spot,
    now: datetime,
    form: StepForm | None = None,
    do: str = "",
) -> dict[str, Any]:
    """Everything the template of one case needs; notes the look and the presence."""
    person = request.person
    record_read(person.actor, case, at=now)
    note_presence(person, case, now, writing=bool(do))
    do = do or str(request.GET.get("do", ""))
    form = form or open_form(case, person, do, now, request.GET)
    kind = letter_kind(do)
    view = case_view(case, person, now)
    may_work = person.may("case.work", place_id=case.place_id, case_id=case.pk)
    context = {
        "v": view,
        "case": case,
        "now": now,
        "spot": spot,
        "back": spot.back,
        "do": do if form is not None else "",
        "step": STEPS.get(do),
        "step_form": form,
        "letter_kind": kind,
        "first_steps": _links(person, case, spot, FIRST),
        "more_steps": _links(person, case, spot, MORE),
        "others": visitors(case, person, now),
        "may_agree": person.may("case.close", place_id=case.place_id, case_id=case.pk),
        "letter_may": may_work,
        "back_escaped": quote(spot.back),
        "here_url": spot.url(case),
        "interim_url": spot.url(case, do="interim"),
        "amend_url": spot.url(case, do="amend"),
        "reopen_url": spot.url(case, do="reopen"),
        "todo_links": [
            {
                "says": item.says,
                "clause": item.clause,
                "rule": item.rule,
                "url": spot.url(case, do=item.step) if item.step and may_work else "",
            }
            for item in view.todo
        ],
        "trail": [
            {"label": gettext("Inbox"), "url": reverse("complaints:inbox")},
            {"label": case.reference},
        ],
    }
    return context | (_letter_context(person, case, spot, kind) if kind else {})


def _letter_context(person: Person, case: Case, spot: Spot, kind: str) -> dict[str, Any]:
    """What the composer shows beside its form."""
    letter, pack = open_or_last(case, kind), pack_of(case)
    needed = needed_to_send(case, kind)
    flags = letter_flags(case, kind, parts_of(letter), letter.language) if letter else ()
    return {
        "letter": letter,
        "letter_title": pack.letters[kind].title,
        "letter_flags": flags,
        "preview": preview(case, letter),
        "greeting_name": addressed_to(case),
        "language_name": LANGUAGE_NAMES.get(spoken(case.language), case.language),
        "closing_reasons": pack.closing_reasons,
        "may_release": person.may(needed, place_id=case.place_id, case_id=case.pk),
        "needs_translation": spoken(case.language) != "en",
        "translation_url": spot.url(case, do="translation"),
    }


def needed_to_send(case: Case, kind: str) -> str:
    """A decision on a formal case is released by those who answer for it."""
    formal = pack_of(case).classes[case.klass].formal
    return "case.approve_letter" if formal and kind == Letter.Kind.DECISION else "case.work"


def _links(person: Person, case: Case, spot: Spot, names: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for name in names:
        if name == "letter":
            if person.may("case.work", place_id=case.place_id, case_id=case.pk) and case.is_open:
                found.append(_LETTER | {"url": spot.url(case, do="letter"), "name": "letter"})
            continue
        spec = STEPS[name]
        if may_take(person, case, spec) and (case.is_open or name == "note"):
            found.append(
                {
                    "name": name,
                    "title": spec.title,
                    "sign": spec.sign,
                    "keys": spec.keys,
                    "url": spot.url(case, do=name),
                }
            )
    return found


_LETTER = {"title": "Letter", "sign": "mail", "keys": "Alt+L"}


def letter_kind(do: str) -> str:
    """The kind of letter a form is about: decision, interim, or none."""
    return {"letter": "decision", "interim": "interim", "translation": "decision"}.get(do, "")


def letter_step(kind: str) -> str:
    """The name of the form in which a kind of letter is written."""
    return "letter" if kind == Letter.Kind.DECISION else "interim"


def open_or_last(case: Case, kind: str) -> Letter | None:
    """The letter of this kind that is being written; else the newest one."""
    letters = case.letters.filter(kind=kind).order_by("-pk")
    unreleased = letters.exclude(dispatches__isnull=False, dispatches__called_back_at__isnull=True)
    return unreleased.first()


def open_form(
    case: Case, person: Person, do: str, now: datetime, given: QueryDict
) -> StepForm | None:
    """The form somebody asked for, with their draft in it; None for none."""
    kind = letter_kind(do)
    if do == "translation":
        return translation_form(case, now)
    if kind:
        return letter_form(case, person, kind, now)
    spec = STEPS.get(do)
    if spec is None or not may_take(person, case, spec):
        return None
    start = initial_for(do, case, given) | _draft(case, person, do)
    return spec.form(case=case, now=now, initial=start, prefix=PREFIX)


def letter_form(
    case: Case, person: Person, kind: str, now: datetime, data: QueryDict | None = None
) -> StepForm:
    """The composer of one kind of letter, begun with what we know and what was written."""
    letter = open_or_last(case, kind)
    written = parts_of(letter) if letter else {}
    start = (
        prefilled(case, kind, now, person.name) | written | _draft(case, person, letter_step(kind))
    )
    if letter and letter.stated_days:
        start["stated_days"] = str(letter.stated_days)
    return LetterForm(
        data, case=case, now=now, kind=kind, initial=start | {"seen": case.version}, prefix=PREFIX
    )


def translation_form(case: Case, now: datetime, data: QueryDict | None = None) -> StepForm | None:
    """The parts of the letter once more; None while there is no letter."""
    letter = open_or_last(case, "decision") or open_or_last(case, "interim")
    if letter is None:
        return None
    parts = {code: words for code, words in parts_of(letter).items() if code in TRANSLATED}
    start: dict[str, Any] = {
        **translation_of(letter),
        "translated_by": letter.translated_by,
        "reviewed_by": letter.reviewed_by,
        "seen": case.version,
    }
    return TranslationForm(data, case=case, now=now, parts=parts, initial=start, prefix=PREFIX)


def _draft(case: Case, person: Person, form: str) -> dict[str, Any]:
    draft = Draft.objects.filter(case=case, user_id=person.user_id, form=form).first()
    found: dict[str, Any] = json.loads(draft.words) if draft else {}
    return found


def note_presence(person: Person, case: Case, now: datetime, *, writing: bool) -> None:
    """Say that this person has the case open."""
    Presence.objects.update_or_create(
        case=case,
        user_id=person.user_id,
        defaults={"seen_at": now, "writing": writing, "organisation_id": case.organisation_id},
        create_defaults={
            "seen_at": now,
            "since": now,
            "writing": writing,
            "organisation_id": case.organisation_id,
        },
    )


def must_have(request: StaffRequest, permission: str, case: Case) -> None:
    """Refuse unless the person holds the permission for this case, or for their own one."""
    person = request.person
    here = person.may(permission, place_id=case.place_id, case_id=case.pk)
    own = case.owner_id == person.user_id and person.may(permission)
    if not here and not own:
        not_here(request, permission, case)


def not_here(request: StaffRequest, permission: str, case: Case) -> NoReturn:
    """Refuse a step, and note the attempt."""
    refuse(request, permission, ("resolve.case", str(case.pk)))
    raise AssertionError("refuse always raises")
