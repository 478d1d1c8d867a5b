"""One review and its reply: taking it, writing, approving, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.listen.reviews.models import PublicReview
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts, presenters, queries
from wellheard.resolve.replies.actions import approving, drafting, posting
from wellheard.resolve.replies.actions.drafting import BlockedError, ReplyStateError
from wellheard.resolve.replies.forms import NAMES, DraftForm, OwnerForm, PostedForm
from wellheard.resolve.replies.models import PublicReply, ReplyDraft
from wellheard.resolve.replies.policy import LANGUAGES, lint_rules
from wellheard.resolve.replies.rules.linting import Hit
from wellheard.resolve.replies.views.desk import trail


@requires("comment.read_masked")
@require_http_methods(["GET", "POST"])
def reply(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """The review, the words so far, and a place to write them. Words that say too much come back
    with what is wrong, and are not kept."""
    review = _review(request, publicreview_id)
    if request.method == "GET":
        return _page(request, review)
    if not _may(request, review, "reply.write"):
        raise Http404
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _page(request, review, form=form, status=422)
    now, person = timezone.now(), request.person
    writer = User.objects.get(pk=person.user_id)
    try:
        drafting.write_draft(review, writer=writer, by=person.actor, at=now, **form.cleaned_data)
    except BlockedError as error:
        return _page(request, review, form=form, hits=error.hits, status=422)
    except ReplyStateError as error:
        _refused(request, error)
    return redirect("replies:reply", review.pk)


@requires("reply.write")
@require_POST
def owner(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Say who answers."""
    review = _allowed(request, publicreview_id, "reply.write")
    now = timezone.now()
    form = OwnerForm(request.POST, people=queries.owners(request.person, now=now))
    if not form.is_valid():
        return _page(request, review, status=422)
    return _stepped(
        request, review,
        lambda: drafting.take_reply(
            review, form.cleaned_data["owner"], by=request.person.actor, at=now
        ),
    )  # fmt: skip


@requires("reply.approve")
@require_POST
def approval(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Approve the words as they were shown."""
    review = _allowed(request, publicreview_id, "reply.approve")
    shown = request.POST.get("draft", "")
    draft = ReplyDraft.objects.filter(
        reply__review=review, pk=int(shown) if shown.isdecimal() else 0
    ).first()
    if draft is None:
        raise Http404
    approver = User.objects.get(pk=request.person.user_id)
    by, now = request.person.actor, timezone.now()
    return _stepped(
        request, review, lambda: approving.approve(draft, approver=approver, by=by, at=now)
    )


@requires("reply.approve")
@require_POST
def taking_back(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Take an approval back."""
    review, made = _with_reply(request, publicreview_id, "reply.approve")
    by, now = request.person.actor, timezone.now()
    return _stepped(request, review, lambda: approving.take_back(made, by=by, at=now))


@requires("reply.write")
@require_POST
def posted(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Mark approved words as posted by hand."""
    review, made = _with_reply(request, publicreview_id, "reply.write")
    form = PostedForm(request.POST)
    if not form.is_valid():
        return _page(request, review, posted_form=form, status=422)
    user, url = User.objects.get(pk=request.person.user_id), form.cleaned_data["url"]
    by, now = request.person.actor, timezone.now()
    return _stepped(
        request, review, lambda: posting.mark_posted(made, url=url, user=user, by=by, at=now)
    )


@requires("reply.write")
@require_POST
def again(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Publish by the program once more."""
    review, made = _with_reply(request, publicreview_id, "reply.write")
    by, now = request.person.actor, timezone.now()
    return _stepped(request, review, lambda: posting.try_again(made, by=by, at=now))


@requires("reply.write")
@require_POST
def settled(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Say whether words whose try never came back stand there."""
    review, made = _with_reply(request, publicreview_id, "reply.write")
    there = request.POST.get("there") == "yes"
    user = User.objects.get(pk=request.person.user_id)
    by, now = request.person.actor, timezone.now()
    return _stepped(
        request, review, lambda: posting.settle(made, is_there=there, user=user, by=by, at=now)
    )


def _stepped(
    request: StaffRequest, review: PublicReview, step: Callable[[], object]
) -> HttpResponse:
    try:
        step()
    except ReplyStateError as error:
        _refused(request, error)
    except approving.SamePersonError:
        messages.error(request, _("You wrote these words. Somebody else approves them."))
    except BlockedError as error:
        return _page(request, _review(request, review.pk), hits=error.hits, status=422)
    return redirect("replies:reply", review.pk)


def _refused(request: StaffRequest, error: ReplyStateError) -> None:
    why = presenters.REFUSED.get(error.state, error.state)
    messages.error(request, _("Not done: %(why)s.") % {"why": why})


def _review(request: StaffRequest, publicreview_id: int) -> PublicReview:
    # Not only those that stand: a reply to one that was deleted can still be looked at.
    mine = PublicReview.objects.visible_to(request.person).select_related(
        "outlet", "place", "organisation", "comment__reading", "comment__concern",
        "reply__owner", "reply__review",
    )  # fmt: skip
    found = mine.filter(pk=publicreview_id).first()
    if found is None:
        raise Http404
    return found


def _may(request: StaffRequest, review: PublicReview, permission: str) -> bool:
    places = request.person.places(permission)
    return places is None or (review.place_id is not None and review.place_id in places)


def _allowed(request: StaffRequest, publicreview_id: int, permission: str) -> PublicReview:
    review = _review(request, publicreview_id)
    if not _may(request, review, permission):
        raise Http404
    return review


def _with_reply(
    request: StaffRequest, publicreview_id: int, permission: str
) -> tuple[PublicReview, PublicReply]:
    review = _allowed(request, publicreview_id, permission)
    made = PublicReply.objects.filter(review=review).first()
    if made is None:
        raise Http404
    return review, made


def _page(
    request: StaffRequest, review: PublicReview, *, form: DraftForm | None = None,
    posted_form: PostedForm | None = None, hits: list[Hit] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    waiting = queries.waiting_of(review)
    language = _language(request, review, form, waiting.draft)
    may_write = _may(request, review, "reply.write")
    stands = review.state == PublicReview.State.STANDS
    open_ = waiting.state in ("unanswered", "drafted", "withdrawn", "to_post", "failed")
    text = str(form["text"].value() or "") if form else waiting.draft.text if waiting.draft else ""
    made, offered = waiting.reply, drafting.beginnings(review, language)
    context = {
        "line": presenters.line_of(waiting),
        "review": review,
        "reply": made,
        "draft": waiting.draft,
        "case": facts.case_of(review),
        "needs_case": waiting.is_safety and facts.case_of(review) is None,
        "tries": made.tries.select_related("by", "draft") if made else [],
        "versions": made.drafts.select_related("written_by", "approved_by") if made else [],
        "form": form or _begun(request, review, language, waiting.draft),
        "beginnings": [
            {"name": presenters.BEGINNINGS[each.code], "url": _begin_at(language, each.code)}
            for each in offered
        ],
        "language": language,
        "languages": [
            {"name": NAMES[code], "url": _begin_at(code, offered[0].code)} for code in LANGUAGES
        ],
        "hits": presenters.hit_lines(hits, language) if hits else [],
        "marked": presenters.marked(text, hits) if hits else "",
        "owner_form": OwnerForm(
            None, people=queries.owners(request.person, now=timezone.now()),
            initial={"owner": made.owner_id if made else None},
        ),
        "posted_form": posted_form or PostedForm(),
        "withdrawn": presenters.WITHDRAWN.get(waiting.draft.withdrawn_as if waiting.draft else ""),
        "may_write": may_write and stands and open_,
        "may_step": may_write,
        "may_approve": waiting.state == "drafted" and _may(request, review, "reply.approve"),
        "may_take_back": waiting.state in ("to_post", "failed", "publishing")
        and _may(request, review, "reply.approve"),
        "by_program": facts.way_of(review) is not None,
        "own_words": waiting.draft is not None
        and waiting.draft.written_by_id == request.person.user_id,
        "rules": lint_rules(),
        "trail": trail(),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "replies/reply.html", context, status=status)


def _begin_at(language: str, template: str) -> str:
    return f"?language={language}&template={template}#write"


def _language(
    request: StaffRequest, review: PublicReview, form: DraftForm | None, draft: ReplyDraft | None
) -> str:
    asked = str(form["language"].value()) if form else request.GET.get("language", "")
    if asked in LANGUAGES:
        return asked
    return draft.language if draft else drafting.spoken(review)


def _begun(
    request: StaffRequest, review: PublicReview, language: str, draft: ReplyDraft | None
) -> DraftForm:
    """The form with the words so far, else with a beginning."""
    wanted = request.GET.get("template", "")
    if draft is not None and not wanted:
        text: dict[str, Any] = {"text": draft.text, "template": draft.template}
        return DraftForm(initial=text | {"language": draft.language})
    offered = drafting.beginnings(review, language)
    chosen = next((each for each in offered if each.code == wanted), offered[0])
    words = drafting.filled(chosen, review)
    return DraftForm(initial={"text": words, "template": chosen.code, "language": language})
