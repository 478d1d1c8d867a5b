"""The list of comments, one comment, and what came with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels, sheets
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake import presenters, queries
from wellheard.listen.intake.forms import (
    CopyForm,
    DecideForm,
    ListForm,
    OwnerForm,
    PassOnForm,
    TranscriptForm,
    TranslationForm,
)
from wellheard.listen.intake.listing import Aside, ListFilter, asides, list_filters, words_for
from wellheard.listen.intake.models import Attachment, Comment, CommentQuerySet
from wellheard.listen.intake.rules.abuse import is_rough, soften
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User

_ON_A_PAGE = 25


@require_GET
@requires("comment.read_masked")
def comments(request: StaffRequest) -> HttpResponse:
    """What patients told us, newest first, narrowed as asked."""
    person, now, more = request.person, timezone.now(), list_filters()
    form = ListForm(
        request.GET, places=_places(person), more=more, may_search=person.may("comment.read")
    )
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _narrowed(Comment.objects.visible_to(person), wanted, more, request)
    page = Paginator(
        found.select_related("place", "site", "owner").order_by("-received_at", "-pk"), _ON_A_PAGE
    ).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    asked = digest(request.GET.urlencode(), "comment-list")[:16]
    record_read(person.actor, ("comment_list", asked), at=now, count=len(shown))
    reach = _reach(person)
    return render(
        request,
        "intake/comments.html",
        {
            "form": form,
            "page": page,
            "lines": presenters.lines(shown, person, asides(shown, person)),
            "lead": presenters.waiting_words(
                queries.waiting(person.organisation_id, reach, now=now)
            ),
            "chips": _chips(form, wanted, request),
            "now": now,
        },
    )


@require_GET
@requires("comment.read_masked")
def comment(request: StaffRequest, comment_id: int) -> HttpResponse:
    """One comment, whole: its words, what is known about it, what happened with it."""
    found = visible_comment(request, comment_id)
    record_read(request.person.actor, found, at=timezone.now())
    return render(request, "intake/comment.html", comment_page(request, found))


@require_GET
@requires("home.read")
def thanks(request: StaffRequest) -> HttpResponse:
    """Compliments passed on to this person, or to everybody where they work."""
    person = request.person
    places = frozenset().union(*(role.place_ids or () for role in person.roles))
    passed = queries.compliments_for(person.user_id, places)
    for row in passed:
        # Shown to many: rough words are masked here and stay as written with the comment.
        row.comment.text = soften(row.comment.text)
    subject = ("comment_list", "passed on")
    record_read(person.actor, subject, at=timezone.now(), count=len(passed))
    return render(request, "intake/thanks.html", {"passed": passed})


@require_GET
@requires("comment.read")
def attachment(request: StaffRequest, comment_id: int, attachment_id: int) -> HttpResponse:
    """A photo or voice message itself, only to be looked at or listened to."""
    found = visible_comment(request, comment_id, "comment.read")
    row = Attachment.objects.filter(comment=found, pk=attachment_id).first()
    if row is None:
        raise Http404
    record_read(request.person.actor, row, at=timezone.now())
    response = HttpResponse(queries.attachment_bytes(row), content_type=row.content_type)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def visible_comment(
    request: StaffRequest, comment_id: int, permission: str = "comment.read_masked"
) -> Comment:
    """The comment, when this person may do this with it; otherwise it does not exist for them."""
    person = request.person
    found = (
        Comment.objects.visible_to(person)
        .select_related(
            "place", "site", "organisation", "patient", "owner", "duplicate_of", "touchpoint"
        )
        .filter(pk=comment_id)
        .first()
    )
    if found is None or not person.may(permission, place_id=found.place_id):
        raise Http404
    return found


def comment_page(request: StaffRequest, found: Comment, **wrong: Any) -> dict[str, Any]:
    """Everything on a comment's page; ``wrong``: forms that came back with problems."""
    person = request.person
    aside = asides([found], person).get(found.pk, Aside())
    words, masked = words_for(found, person, aside)
    colleagues = colleagues_of(person)
    told = queries.tellings(found)
    return {
        "comment": found,
        "words": words,
        "is_masked": masked,
        "is_rough": not masked and is_rough(found.text),
        "badges": aside.badges,
        "facts": presenters.comment_facts(found),
        "attachments": [] if masked else found.attachments.order_by("pk"),
        "translations": [] if masked else found.translations.order_by("-at"),
        "tellings": [each for each in told if each.pk != found.pk],
        "history": presenters.history(found, names={each.pk: each.name for each in colleagues}),
        "me": f"{person.actor.kind}:{person.actor.ref}",
        "works": person.may("comment.reply", place_id=found.place_id),
        "is_mine": found.owner_id == person.user_id,
        "panels": panels("listen.comment_page", request, found),
        "sheets": sheets("listen.comment_page"),
        "trail": [
            {"label": _("Comments"), "url": reverse("intake:comments")},
            {"label": found.reference, "url": ""},
        ],
        "now": timezone.now(),
        "decide_form": DecideForm(),
        "pass_form": PassOnForm(colleagues=at_place(colleagues, found)),
        "owner_form": OwnerForm(colleagues=colleagues, owner_id=found.owner_id),
        "copy_form": CopyForm(),
        "translation_form": TranslationForm(),
        "transcript_form": TranscriptForm(),
        **wrong,
    }


def _narrowed(
    found: CommentQuerySet,
    wanted: dict[str, Any],
    more: list[ListFilter],
    request: StaffRequest,
) -> CommentQuerySet:
    now, state = timezone.now(), wanted.get("state", "")
    if wanted.get("q"):
        found = _searched(found, wanted["q"], request.person)
    if wanted.get("place"):
        found = found.filter(place_id=int(wanted["place"]))
    if wanted.get("source"):
        found = found.filter(source=wanted["source"])
    if wanted.get("period"):
        found = found.filter(received_at__gte=now - timedelta(days=int(wanted["period"])))
    for each in more:
        if wanted.get(each.name):
            found = each.narrow(found, wanted[each.name])
    if state == "undecided":
        return found.undecided()
    if state == "late":
        return found.overdue(now)
    if state == "mine":
        return found.filter(owner_id=request.person.user_id)
    if state and state != "copies":
        return found.filter(disposition=state)
    return found if state == "copies" else found.counted()


def _searched(found: CommentQuerySet, sought: str, person: Person) -> CommentQuerySet:
    """Only where the person reads whole words: a search would tell what masking hides."""
    reach = person.places("comment.read")
    readable = found if reach is None else found.filter(place_id__in=reach)
    return readable.filter(Q(text__icontains=sought) | Q(reference=tidy_reference(sought)))


def _chips(form: ListForm, wanted: dict[str, Any], request: StaffRequest) -> list[dict[str, str]]:
    """The filters that are on, each with the address of the list without it."""
    chips = []
    for name, value in wanted.items():
        if not value:
            continue
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        words = dict(getattr(form.fields[name], "choices", ())).get(value, value)
        chips.append(
            {"label": f"{form.fields[name].label}: {words}", "url": f"?{query.urlencode()}"}
        )
    return chips


def _reach(person: Person) -> frozenset[int] | None:
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked


def _places(person: Person) -> list[Place]:
    return list(Place.objects.of(person.organisation_id).within(_reach(person)))


def colleagues_of(person: Person) -> Any:
    return User.objects.filter(organisation_id=person.organisation_id, is_active=True).order_by(
        "name"
    )


def at_place(colleagues: Any, found: Comment) -> Any:
    """Those who work at the place of a comment, or at its whole site."""
    return colleagues.filter(
        Q(memberships__place_id=found.place_id, memberships__place__isnull=False)
        | Q(memberships__site_id=found.site_id, memberships__site__isnull=False),
        memberships__ended_at=None,
    ).distinct()
