"""Making a survey, page by page."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.listen.builder import actions, editing, presenters
from wellheard.listen.builder.forms import (
    KINDS,
    BeginForm,
    ProposeForm,
    QuestionForm,
    SettingsForm,
    SignForm,
)
from wellheard.listen.builder.models import SurveyDraft
from wellheard.listen.builder.publishing import Check, check_draft
from wellheard.listen.surveys.actions import OfficialError, OpenProposalError
from wellheard.listen.surveys.instruments import (
    NoInstrumentError,
    official_instruments,
)
from wellheard.listen.surveys.languages import text_places
from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.presenters import official_words
from wellheard.listen.surveys.rules import Instrument, read_draft
from wellheard.people.access.doors import StaffRequest, requires

_LARGEST = 5_000_000
_PREVIEWS = ("phone", "desktop", "print", "script")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires("survey.change")
def drafts(request: StaffRequest) -> HttpResponse:
    """The drafts that are open."""
    rows = SurveyDraft.objects.filter(
        organisation_id=request.person.organisation_id, closed_at=None
    ).select_related("changed_by")
    return render(
        request,
        "builder/drafts.html",
        {"drafts": rows.order_by("-changed_at"), "trail": trail_to()},
    )


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def begin(request: StaffRequest) -> HttpResponse:
    """A new survey."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = actions.begin_draft(
                code=form.code(),
                title=data["title"],
                intro=data["intro"],
                languages=data["languages"],
                by=request.person.actor,
                at=timezone.now(),
            )
        except actions.CodeTakenError:
            form.add_error("title", _("There is a survey of this name already."))
        else:
            return redirect("builder:draft", draft.pk)
    return _form_page(request, form, _("New survey"), _("Begin"))


@require_POST
@requires("survey.change")
def begin_next(request: StaffRequest, code: str) -> HttpResponse:
    """The next version of a survey."""
    try:
        draft = actions.begin_next_version(code=code, by=request.person.actor, at=timezone.now())
    except NoInstrumentError as error:
        raise Http404 from error
    except OfficialError:
        messages.error(request, official_words())
        return redirect("surveys:instrument", code)
    return redirect("builder:draft", draft.pk)


@require_GET
@requires("survey.change")
def one(request: StaffRequest, draft_id: int) -> HttpResponse:
    """A draft: its questions, languages, checks and map."""
    draft = _draft(request, draft_id)
    read, check = _looked_through(draft)
    language = _language(draft)
    context = {
        "draft": draft,
        "title": draft.definition["title"].get(language) or draft.code,
        "questions": presenters.question_lines(read, language) if read else [],
        "languages": presenters.language_lines(draft.definition, read),
        "found": presenters.found_in(check, read),
        "check": check,
        "map": presenters.map_lines(read, language) if read else [],
        "drawing": presenters.drawing(read) if read else None,
        "coverage": presenters.coverage(read) if read else [],
        "kinds": KINDS,
        "further": _further_languages(draft),
        "form": None,
        "propose_form": ProposeForm(),
        "trials": draft.trials.exclude(finished_at=None).count(),
        "trail": trail_to(),
    }
    return render(request, "builder/draft.html", context)


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def settings(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Title, owner, review date."""
    draft = _draft(request, draft_id)
    first = _language(draft)
    shown = {key: draft.definition.get(key, "") for key in ("owner", "review_on", "source")}
    shown |= {key: draft.definition[key].get(first, "") for key in ("title", "intro")}
    form = SettingsForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "review_on": form.cleaned_data["review_on"].isoformat()}
        return _changed(request, draft, lambda d: editing.with_settings(d, **data))
    return _form_page(request, form, _("Title, owner, review"), _("Keep"), draft)


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def add(request: StaffRequest, draft_id: int, kind: str) -> HttpResponse:
    """A further question."""
    if kind not in KINDS:
        raise Http404
    return _question_page(request, _draft(request, draft_id), kind, "")


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def edit(request: StaffRequest, draft_id: int, item: str) -> HttpResponse:
    """Another wording, other answers, another condition."""
    draft = _draft(request, draft_id)
    return _question_page(request, draft, _row_or_404(draft, item)["kind"], item)


@require_POST
@requires("survey.change")
def move(request: StaffRequest, draft_id: int, item: str) -> HttpResponse:
    """A question one place up or down."""
    draft = _draft(request, draft_id)
    _row_or_404(draft, item)
    by = -1 if request.POST.get("to") == "up" else 1
    return _changed(request, draft, lambda d: editing.moved(d, item, by), part=f"question-{item}")


@require_POST
@requires("survey.change")
def remove(request: StaffRequest, draft_id: int, item: str) -> HttpResponse:
    """A question less."""
    draft = _draft(request, draft_id)
    _row_or_404(draft, item)
    return _changed(request, draft, lambda d: editing.without_question(d, item), part="questions")


@require_POST
@requires("survey.change")
def add_language(request: StaffRequest, draft_id: int) -> HttpResponse:
    """A further language, or one less."""
    draft = _draft(request, draft_id)
    language, gone = request.POST.get("language", ""), request.POST.get("remove", "")
    if gone in draft.definition["title"] and gone != _language(draft):
        return _changed(request, draft, lambda d: editing.without_language(d, gone))
    if language not in dict(_further_languages(draft)):
        raise Http404
    return _changed(request, draft, lambda d: editing.with_language(d, language))


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def language(request: StaffRequest, draft_id: int, language: str) -> HttpResponse:
    """The words of a language beside those of the first one."""
    draft = _draft(request, draft_id)
    if language not in draft.definition["title"]:
        raise Http404
    first = _language(draft)
    if request.method == "POST":
        words = {
            place.name: request.POST[place.name][:2_000]
            for place in text_places(draft.definition)
            if place.name in request.POST
        }
        return _changed(request, draft, lambda d: editing.with_words(d, language, words))
    names = dict(django_settings.LANGUAGES)
    rows = [
        {
            "name": place.name,
            "what": place.what,
            "first": place.words.get(first, ""),
            "words": place.words.get(language, ""),
        }
        for place in text_places(draft.definition)
    ]
    lines = presenters.language_lines(draft.definition, None)
    context = {
        "draft": draft,
        "rows": rows,
        "language": language,
        "language_name": names.get(language, language),
        "first": first,
        "first_name": names.get(first, first),
        "is_first": language == first,
        "line": next(line for line in lines if line["code"] == language),
        "sign_form": SignForm(),
        "trail": trail_to(draft),
    }
    return render(request, "builder/language.html", context)


@require_POST
@requires("survey.change")
def sign(request: StaffRequest, draft_id: int, language: str) -> HttpResponse:
    """The name of the person who read a language."""
    draft = _draft(request, draft_id)
    form = SignForm(request.POST)
    lines = presenters.language_lines(draft.definition, None)
    line = next((each for each in lines if each["code"] == language), None)
    if line is None:
        raise Http404
    if not form.is_valid() or line["missing"]:
        messages.error(request, _("Fill in every text and the name of who read it."))
        return redirect("builder:language", draft.pk, language)
    name = form.cleaned_data["reviewer"]
    return _changed(request, draft, lambda d: editing.signed(d, language, name), part="languages")


@require_GET
@requires("survey.change")
def preview(request: StaffRequest, draft_id: int, how: str) -> HttpResponse:
    """How it looks on a phone, on a desk, on paper, and how it is read out."""
    draft = _draft(request, draft_id)
    read, _check = _looked_through(draft)
    if how not in _PREVIEWS or read is None:
        raise Http404
    asked = request.GET.get("language", "")
    shown = asked if asked in draft.definition["title"] else _language(draft)
    names = dict(django_settings.LANGUAGES)
    context = {
        "draft": draft,
        "how": how,
        "language": shown,
        "direction": "rtl" if shown in ("ar", "he", "fa", "ur") else "ltr",
        "title": read.title.get(shown, ""),
        "intro": read.intro.get(shown, ""),
        "questions": presenters.preview(read, shown),
        "tabs": [_preview_tab(draft, each, how, shown) for each in _PREVIEWS],
        "languages": [(code, names.get(code, code)) for code in draft.definition["title"]],
        "trail": trail_to(draft),
    }
    return render(request, "builder/preview.html", context)


@require_POST
@requires("survey.change")
def propose(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Hand the draft to a second person."""
    draft = _draft(request, draft_id)
    form = ProposeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what changes, and why."))
        return redirect("builder:draft", draft.pk)
    try:
        proposal = actions.propose_draft(
            draft,
            reason=form.cleaned_data["reason"],
            by=request.person.actor,
            at=timezone.now(),
        )
    except actions.NotReadyError:
        messages.error(request, _("It cannot be published yet. What is missing stands below."))
        return redirect("builder:draft", draft.pk)
    except OpenProposalError:
        messages.error(request, _("Another change waits for its decision. Decide that one first."))
        return redirect("builder:draft", draft.pk)
    messages.success(request, _("A colleague has to approve it before it counts."))
    if proposal.version > 1:
        return redirect("surveys:instrument", proposal.code)
    return redirect("surveys:instruments")


@require_POST
@requires("survey.change")
def throw_away(request: StaffRequest, draft_id: int) -> HttpResponse:
    """End a draft."""
    draft = _draft(request, draft_id)
    actions.throw_away(draft, by=request.person.actor, at=timezone.now())
    messages.success(request, _("The draft was thrown away."))
    return redirect("builder:drafts")


def _question_page(request: StaffRequest, draft: SurveyDraft, kind: str, code: str) -> HttpResponse:
    form = QuestionForm(request.POST or None, kind=kind, definition=draft.definition, code=code)
    if request.method == "POST" and form.is_valid():
        question = form.question()
        try:
            editing.with_question(
                draft.definition, question, actions.ready_scales(), instead_of=code
            )
        except editing.EditError as error:
            form.add_error(error.where if error.where in form.fields else None, _edit_words(error))
        else:
            return _changed(
                request,
                draft,
                lambda d: editing.with_question(
                    d, question, actions.ready_scales(), instead_of=code
                ),
                part=f"question-{question.code}",
            )
    heading = str(KINDS[kind])
    return _form_page(request, form, heading, _("Keep this question"), draft)


def _edit_words(error: editing.EditError) -> str:
    return {
        "taken": _("There is a question of this name already."),
        "twice": _("The same number or name stands twice."),
        "few": _("Write two answers or more, or choose ready ones.")
        if error.where == "answers"
        else _("Write at least one line."),
    }.get(error.why, _("This cannot be kept."))


def _changed(
    request: StaffRequest, draft: SurveyDraft, change: actions.Change, part: str = ""
) -> HttpResponse:
    try:
        actions.change_draft(draft, change, by=request.person.actor, at=timezone.now())
    except actions.DraftClosedError:
        messages.error(request, _("This draft was proposed or thrown away in the meantime."))
        return redirect("builder:drafts")
    except (editing.EditError, ValueError, KeyError):
        messages.error(request, _("Somebody else changed this draft. Look at it again."))
    address = reverse("builder:draft", args=[draft.pk])
    return redirect(f"{address}#{part}" if part else address)


def _form_page(
    request: StaffRequest, form: Any, heading: str, go: str, draft: SurveyDraft | None = None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "go": go, "draft": draft, "trail": trail_to(draft)}
    return render(request, "builder/form.html", context, status=422 if form.errors else 200)


def _draft(request: StaffRequest, draft_id: int) -> SurveyDraft:
    found = SurveyDraft.objects.filter(
        organisation_id=request.person.organisation_id, pk=draft_id, closed_at=None
    ).first()
    if found is None:
        raise Http404
    return found


def _row_or_404(draft: SurveyDraft, code: str) -> dict[str, Any]:
    for row in draft.definition["items"]:
        if row["code"] == code:
            found: dict[str, Any] = row
            return found
    raise Http404


def _looked_through(draft: SurveyDraft) -> tuple[Instrument | None, Check]:
    check = check_draft(
        draft.definition,
        today=timezone.now().date(),
        official=official_instruments().values(),
    )
    try:
        return read_draft(draft.definition), check
    except InstrumentError:
        return None, check


def _language(draft: SurveyDraft) -> str:
    """The first language of a draft: the one it is written in."""
    written: str = next(iter(draft.definition["title"]), get_language() or "en")
    return written


def _further_languages(draft: SurveyDraft) -> list[tuple[str, str]]:
    known = draft.definition["title"]
    return [(code, name) for code, name in django_settings.LANGUAGES if code not in known]


def _preview_tab(draft: SurveyDraft, each: str, how: str, language: str) -> dict[str, Any]:
    label = {
        "phone": _("Phone"),
        "desktop": _("Desk"),
        "print": _("Paper"),
        "script": _("Read out"),
    }[each]
    url = f"{reverse('builder:preview', args=[draft.pk, each])}?language={language}"
    return {"label": label, "url": url, "current": each == how}


def trail_to(draft: SurveyDraft | None = None) -> list[dict[str, str]]:
    trail = [
        {"label": _("Questions"), "url": reverse("surveys:instruments")},
        {"label": _("Drafts"), "url": reverse("builder:drafts")},
    ]
    if draft is not None:
        title = draft.definition["title"].get(_language(draft)) or draft.code
        trail.append({"label": title, "url": reverse("builder:draft", args=[draft.pk])})
    return trail
