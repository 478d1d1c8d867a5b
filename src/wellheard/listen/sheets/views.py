"""Printing sheets, bringing scans, looking at what is in doubt, keying by hand."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.listen.posters.rules import paper_for
from wellheard.listen.sheets import actions, presenters, queries
from wellheard.listen.sheets.content import NotOnPaperError
from wellheard.listen.sheets.forms import CodeForm, KeyForm, RunForm, ScanForm, field_of
from wellheard.listen.sheets.models import ScanFile, Sheet, SheetCheck
from wellheard.listen.sheets.reading import FileNotReadError
from wellheard.listen.sheets.rules import item_of, tidy_code
from wellheard.listen.sheets.runs import make_run, make_runs_of_steps, pdf_of
from wellheard.listen.sheets.scans import bring_scan
from wellheard.listen.surveys.rules import AnswerError
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation, Place

A_PAGE = 30


@require_GET
@requires("sheet.scan")
def sheets(request: StaffRequest) -> HttpResponse:
    """Every print run, what came back of it, and what waits for people."""
    person = request.person
    page = Paginator(queries.runs_of(person), A_PAGE).get_page(request.GET.get("page"))
    mine = queries.sheets_of(person)
    may_print = person.may(queries.PRINT)
    context = {
        "page": page,
        "lines": [
            {"run": run, "found": queries.returns(mine.filter(run=run))} for run in page.object_list
        ],
        "figures": presenters.figures(queries.returns(mine)),
        "checks": queries.open_checks(person).count(),
        "due": len(queries.due_steps(person, now=timezone.now())) if may_print else 0,
        "may_print": may_print,
        "code_form": CodeForm(),
    }
    return render(request, "sheets/sheets.html", context)


@require_http_methods(["GET", "POST"])
@requires("sheet.print")
def new(request: StaffRequest) -> HttpResponseBase:
    """A run of sheets to hand out at a place."""
    person = request.person
    country = Organisation.objects.get(pk=person.organisation_id).country
    form = RunForm(
        request.POST or None,
        places=Place.objects.of(person.organisation_id)
        .open()
        .within(person.places(queries.PRINT))
        .select_related("site", "organisation"),
        organisation_id=person.organisation_id,
        initial={"paper": paper_for(country), "size": 12},
    )
    if request.method == "POST" and form.is_valid():
        wanted = dict(form.cleaned_data)
        wanted["instrument_code"] = wanted.pop("instrument")
        try:
            made = make_run(**wanted, by=person.actor, at=timezone.now())
        except NotOnPaperError as error:
            field = "language" if error.why == "language" else "instrument"
            form.add_error(field, presenters.not_on_paper(error))
        else:
            return redirect("sheets:run", made.pk)
    status = 422 if form.errors else 200
    return render(request, "sheets/new.html", {"form": form, "trail": _trail()}, status=status)


@require_POST
@requires("sheet.print")
def due(request: StaffRequest) -> HttpResponseBase:
    """Print for everybody who is due to be asked on paper."""
    person, now = request.person, timezone.now()
    country = Organisation.objects.get(pk=person.organisation_id).country
    made = make_runs_of_steps(
        queries.due_steps(person, now=now),
        size=18 if request.POST.get("size") == "18" else 12,
        paper=paper_for(country),
        by=person.actor,
        at=now,
    )
    return redirect("sheets:run", made[0].pk) if len(made) == 1 else redirect("sheets:sheets")


@require_GET
@requires("sheet.scan")
def run(request: StaffRequest, sheet_run_id: int) -> HttpResponse:
    """One print run, sheet by sheet."""
    found = get_object_or_404(queries.runs_of(request.person), pk=sheet_run_id)
    mine = queries.sheets_of(request.person).filter(run=found)
    listed = mine.select_related("place").prefetch_related("scanned_pages", "checks")
    context = {
        "run": found,
        "figures": presenters.figures(queries.returns(mine)),
        "lines": presenters.sheet_lines(listed, found.layout["pages"]),
        "may_print": request.person.may(queries.PRINT),
        "trail": _trail(),
    }
    return render(request, "sheets/run.html", context)


@require_GET
@requires("sheet.print")
def pdf(request: StaffRequest, sheet_run_id: int) -> HttpResponse:
    """The sheets of a run, to print."""
    found = _whole_run(request, sheet_run_id)
    answer = HttpResponse(pdf_of(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sheets-{found.pk}.pdf"'
    return answer


@require_GET
@requires("sheet.print")
def mailing(request: StaffRequest, sheet_run_id: int) -> HttpResponse:
    """Which sheet goes to which visit, for whoever posts them."""
    found = _whole_run(request, sheet_run_id)
    record_read(request.person.actor, found, at=timezone.now())
    listed = found.sheets.select_related("place", "step__member__visit")
    answer = HttpResponse(
        presenters.mailing_list(found, listed), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="sheets-{found.pk}.csv"'
    return answer


@require_http_methods(["GET", "POST"])
@requires("sheet.scan")
def scan(request: StaffRequest) -> HttpResponseBase:
    """Bring a file from the scanner."""
    form = ScanForm(request.POST or None, request.FILES or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        now = timezone.now()
        try:
            kept = bring_scan(
                upload.read(),
                name=upload.name,
                came_at=_came_at(request, form.cleaned_data["came_on"], now),
                by=request.person.actor,
                at=now,
            )
        except FileNotReadError as error:
            form.add_error("file", presenters.not_read(error))
        else:
            return redirect("sheets:scanned", kept.pk)
    status = 422 if form.errors else 200
    return render(request, "sheets/scan.html", {"form": form, "trail": _trail()}, status=status)


@require_GET
@requires("sheet.scan")
def scanned(request: StaffRequest, scan_file_id: int) -> HttpResponse:
    """What came of a file, page by page; for the one who brought it."""
    person = request.person
    mine = ScanFile.objects.filter(organisation_id=person.organisation_id, by_id=person.user_id)
    found = get_object_or_404(mine.defer("content"), pk=scan_file_id)
    waits_for_worker = mine.filter(pk=found.pk).exclude(content=b"").exists()
    if waits_for_worker or found.refused:
        waits = {"scan": found, "why": presenters.refused(found), "trail": _trail()}
        return render(request, "sheets/reading.html", waits)
    sheets_seen = {page.sheet_id for page in found.pages.all()}
    checks = SheetCheck.objects.filter(sheet__in=sheets_seen - {None}, settled_at=None).count()
    context = {
        "scan": found,
        "lead": presenters.scan_lead(found, checks),
        "lines": presenters.page_lines(found),
        "checks": checks,
        "trail": _trail(),
    }
    return render(request, "sheets/scanned.html", context)


@require_GET
@requires("sheet.scan")
def checks(request: StaffRequest) -> HttpResponseBase:
    """The next thing to look at; or that there is none."""
    following = queries.open_checks(request.person).first()
    if following is not None:
        return redirect("sheets:check", following.pk)
    return render(request, "sheets/nothing.html", {"trail": _trail()})


@require_http_methods(["GET", "POST"])
@requires("sheet.scan")
def check(request: StaffRequest, sheet_check_id: int) -> HttpResponseBase:
    """One part of a sheet: what did the person mean? Nobody is shown what another keyed."""
    found = get_object_or_404(queries.open_checks(request.person), pk=sheet_check_id)
    asked, language = actions.instrument_of(found.sheet), found.sheet.run.language
    item = item_of(asked, found.code)
    rows = {f"{item.code}_{row.code}": row.text[language] for row in item.rows}
    form = CodeForm(request.POST or None)
    form.fields = {"value": field_of(item, language, label=rows.get(found.code, ""))}
    if request.method == "POST":
        given = ",".join(request.POST.getlist("value"))
        try:
            actions.key_check(found, given, by=request.person.actor, at=timezone.now())
        except AnswerError:
            form.add_error("value", _("This is none of the answers."))
        except actions.KeyedBeforeError:
            return redirect("sheets:checks")
        else:
            return redirect("sheets:checks")
    context = {
        "check": found,
        "form": form,
        "why": presenters.WHY_WORDS[found.why],
        "question": item.text[language],
        "language": language,
        "trail": _trail(),
    }
    return render(request, "sheets/check.html", context, status=422 if form.errors else 200)


@require_GET
@requires("sheet.scan")
def picture(request: StaffRequest, sheet_check_id: int) -> HttpResponse:
    """The part of the page itself, only to be looked at."""
    found = get_object_or_404(queries.open_checks(request.person), pk=sheet_check_id)
    record_read(request.person.actor, found, at=timezone.now())
    answer = HttpResponse(actions.picture_of(found), content_type="image/png")
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@require_POST
@requires("sheet.scan")
def find(request: StaffRequest) -> HttpResponseBase:
    """From the number at the foot of a sheet to keying it."""
    form = CodeForm(request.POST)
    if form.is_valid():
        code = tidy_code(form.cleaned_data["code"])
        found = queries.sheets_of(request.person).filter(code=code).first()
        if found is not None:
            return redirect("sheets:key", found.pk)
        form.add_error("code", _("There is no sheet with this number at your places."))
    return render(request, "sheets/find.html", {"form": form, "trail": _trail()}, status=422)


@require_http_methods(["GET", "POST"])
@requires("sheet.scan")
def key(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """A sheet keyed by hand, as it was filled in."""
    found = _sheet(request, sheet_id)
    if found.finished_at is not None or found.scanned_pages.filter(outcome="read").exists():
        context = {"sheet": found, "trail": _trail()}
        return render(request, "sheets/used.html", context, status=409)
    asked = actions.instrument_of(found)
    now = timezone.now()
    form = KeyForm(
        request.POST or None,
        asked=asked,
        language=found.run.language,
        today=timezone.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        raw = {code: value for code, value in form.cleaned_data.items() if code != "came_on"}
        try:
            actions.key_sheet(
                found,
                raw,
                came_at=_came_at(request, form.cleaned_data["came_on"], now),
                by=request.person.actor,
                at=now,
            )
        except AnswerError:
            form.add_error(None, _("A day is written as 2026-11-30; a text has its longest size."))
        except actions.SheetUsedError:
            return redirect("sheets:key", found.pk)
        else:
            return redirect("sheets:run", found.run_id)
    context = {"form": form, "sheet": found, "asked": asked, "trail": _trail()}
    return render(request, "sheets/key.html", context, status=422 if form.errors else 200)


@require_POST
@requires("sheet.scan")
def end(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Keep a sheet with the pages that came; the others will not come."""
    found = _sheet(request, sheet_id)
    actions.finish(found, as_it_is=True, by=request.person.actor, at=timezone.now())
    return redirect("sheets:run", found.run_id)


def _sheet(request: StaffRequest, sheet_id: int) -> Sheet:
    mine = queries.sheets_of(request.person).select_related("run", "place__site", "organisation")
    return get_object_or_404(mine, pk=sheet_id)


def _whole_run(request: StaffRequest, run_id: int) -> Any:
    """A run all of whose sheets this person may print."""
    found = get_object_or_404(queries.runs_of(request.person), pk=run_id)
    if queries.sheets_of(request.person, queries.PRINT).filter(run=found).count() != (
        found.sheets.count()
    ):
        raise Http404
    return found


def _came_at(request: StaffRequest, day: date, now: datetime) -> datetime:
    """Noon of the day where the hospital is; now when that is still to come."""
    zone = Organisation.objects.get(pk=request.person.organisation_id).zone
    return min(now, datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)))


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Paper surveys"), "url": reverse("sheets:sheets")}]
