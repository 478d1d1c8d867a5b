"""The search, its results, and reading them one after another."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels, sheets
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.models import Comment
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.scores.queries import measures
from wellheard.understand.search import presenters, queries
from wellheard.understand.search.actions import keep_words
from wellheard.understand.search.finding import Find, read_find
from wellheard.understand.search.forms import SearchForm
from wellheard.understand.search.policy import search_policy
from wellheard.understand.search.rules import Sought
from wellheard.understand.themes.queries import told


@require_http_methods(["GET", "HEAD", "POST"])
@requires("comment.read_masked")
def search(request: StaffRequest) -> HttpResponse:
    """Comments by word, theme, place, mark, period, language and source, newest first."""
    person = request.person
    if request.method == "POST":
        return _asked(request)
    find, typed, sought = _wanted(request)
    ids = list(queries.comments_found(find, sought, person).values_list("pk", flat=True))
    page = Paginator(ids, search_policy().on_a_page).get_page(request.GET.get("page"))
    shown = _told(list(page.object_list), person)
    _note(request, find, len(shown))
    lines = presenters.lines(shown, sought, first=page.start_index(), find=find)
    form = SearchForm(places=_places(person), initial=_initial(find, typed))
    return render(
        request, "search/search.html", _page(request, form, find, typed, page=page, lines=lines)
    )


def _asked(request: StaffRequest) -> HttpResponse:
    """Keep the words apart, and go on to an address that does not hold them."""
    person = request.person
    form = SearchForm(request.POST, places=_places(person))
    kept = read_find(request.GET)
    if not form.is_valid():
        page = _page(request, form, kept, "", page=None, lines=[])
        return render(request, "search/search.html", page, status=400)
    find = form.find(kept)
    key = keep_words(form.cleaned_data["typed"], by=person.actor, at=timezone.now())
    query = Find(**{**{name: getattr(find, name) for name in Find.__slots__}, "words": key}).query()
    return redirect(f"{reverse('search:search')}?{query}" if query else reverse("search:search"))


@require_GET
@requires("comment.read_masked")
def reader(request: StaffRequest) -> HttpResponse:
    """One comment of a search, whole, with the way to the one before and the one after."""
    person = request.person
    find, typed, sought = _wanted(request)
    ids = list(queries.comments_found(find, sought, person).values_list("pk", flat=True))
    asked = request.GET.get("at", "1")
    at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    if not ids:
        return redirect(f"{reverse('search:search')}?{find.query()}")
    at = min(max(at, 1), len(ids))
    [one] = _told([ids[at - 1]], person) or [None]
    if one is None:
        raise Http404
    record_read(person.actor, one.comment, at=timezone.now())
    position = presenters.line(one, sought, position=at, find=find, whole=True)
    return render(
        request,
        "search/reader.html",
        {
            **_page(request, None, find, typed, page=None, lines=[]),
            "line": position,
            "at": at,
            "total": len(ids),
            "before": _reader_url(find, at - 1) if at > 1 else "",
            "after": _reader_url(find, at + 1) if at < len(ids) else "",
            "list_url": _list_url(find, at),
            "panels": panels("listen.comment_page", request, one.comment),
            "sheets": sheets("listen.comment_page"),
        },
    )


@require_GET
@requires("comment.read_masked")
def like(request: StaffRequest, comment_id: int) -> HttpResponse:
    """More that says much the same as one comment."""
    person = request.person
    comment = Comment.objects.visible_to(person).filter(pk=comment_id).first()
    if comment is None:
        raise Http404
    found = queries.alike(comment, person)
    by_id = {each.comment.pk: each for each in _told([each.comment_id for each in found], person)}
    [one] = _told([comment_id], person) or [None]
    subject = ("comment_list", f"like {comment_id}")
    record_read(person.actor, subject, at=timezone.now(), count=len(by_id) + 1)
    none, anything = Sought(()), Find()
    lines = [
        presenters.line(
            by_id[each.comment_id], none, position=1, find=anything, likeness=each.likeness
        )
        for each in found
        if each.comment_id in by_id
    ]
    own = presenters.line(one, none, position=1, find=anything, whole=True) if one else None
    context = {"comment": comment, "own": own, "lines": lines}
    if request.headers.get("HX-Request"):
        return render(request, "search/alike.html", context)
    return render(request, "search/like.html", {**context, "trail": _trail()})


def _wanted(request: StaffRequest) -> tuple[Find, str, Sought]:
    """What the address asks for; a place this person may not read is refused, not left out."""
    find, person = read_find(request.GET), request.person
    reach = _reach(person)
    if find.place is not None and reach is not None and find.place not in reach:
        refuse(request, "comment.read_masked", ("people.place", str(find.place)))
    if find.measure and not person.may("measure.read"):
        refuse(request, "measure.read")
    typed = queries.words_of(find.words, person)
    return find, typed, queries.sought_of(typed)


def _told(ids: list[int], person: Person) -> list[Any]:
    """These comments as the person may read them, in this order."""
    found = {each.comment.pk: each for each in told(Comment.objects.filter(pk__in=ids), person)}
    return [found[pk] for pk in ids if pk in found]


def _page(
    request: StaffRequest, form: SearchForm | None, find: Find, typed: str, *, page: Any, lines: Any
) -> dict[str, Any]:
    person = request.person
    catalogue = measures(person.organisation_id, on=timezone.localdate())
    return {
        "form" if form is not None and form.is_bound else "search_form": form,
        "search_form": form,
        "find": find,
        "typed": typed,
        "is_narrowed": find.without("words").is_narrow,
        "expired": bool(find.words) and not typed,
        "lines": lines,
        "page": page,
        "chips": presenters.chips(find, typed, catalogue, organisation_id=person.organisation_id),
        "search_url": reverse("search:search"),
        "again": f"?{find.without('words').query()}",
        "trail": _trail(),
    }


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Find comments"), "url": reverse("search:search")}]


def _note(request: StaffRequest, find: Find, count: int) -> None:
    """That comments were read, and under which question, told apart but not told."""
    asked = digest(find.query(), "comment-search")[:16]
    record_read(request.person.actor, ("comment_list", asked), at=timezone.now(), count=count)


def _initial(find: Find, typed: str) -> dict[str, Any]:
    named = {name: getattr(find, name) for name in SearchForm.base_fields if name != "typed"}
    return {**named, "typed": typed}


def _reader_url(find: Find, at: int) -> str:
    query = find.query()
    return f"{reverse('search:reader')}?{query}{'&' if query else ''}at={at}"


def _list_url(find: Find, at: int) -> str:
    query = find.query()
    page = (at - 1) // search_policy().on_a_page + 1
    return f"{reverse('search:search')}?{query}{'&' if query else ''}page={page}"


def _places(person: Person) -> list[Place]:
    return list(Place.objects.of(person.organisation_id).within(_reach(person)))


def _reach(person: Person) -> frozenset[int] | None:
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked
