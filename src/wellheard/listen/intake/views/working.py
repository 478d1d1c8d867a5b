"""What staff do with a comment. Each is a resource that is posted to; each comes back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.listen.intake import actions, queries
from wellheard.listen.intake.forms import (
    CopyForm,
    DecideForm,
    OwnerForm,
    PassOnForm,
    TranscriptForm,
    TranslationForm,
)
from wellheard.listen.intake.models import Attachment, Comment, Translation
from wellheard.listen.intake.views.reading import (
    at_place,
    colleagues_of,
    comment_page,
    visible_comment,
)
from wellheard.people.access.doors import StaffRequest, requires


@require_POST
@requires("comment.reply")
def decide(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Say what happens with a comment."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _again(request, found, decide_form=form)
    return _done(
        request,
        found,
        _("Your decision is kept."),
        lambda **acting: actions.decide_comment(
            comment_id=found.pk,
            kind=form.cleaned_data["kind"],
            why=form.cleaned_data["why"],
            **acting,
        ),
    )


@require_POST
@requires("comment.reply")
def pass_on(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Send a compliment to those it is about."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = PassOnForm(request.POST, colleagues=at_place(colleagues_of(request.person), found))
    if found.place_id is None:
        form.add_error(None, _("This comment names no place, so there is nobody to send it to."))
    if not form.is_valid():
        return _again(request, found, pass_form=form)
    return _done(
        request,
        found,
        _("The compliment was passed on."),
        lambda **acting: actions.pass_on(
            comment_id=found.pk,
            to=[user.pk for user in form.cleaned_data["to"]],
            named=form.cleaned_data["named"],
            **acting,
        ),
    )


@require_POST
@requires("comment.reply")
def assign(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Say who answers for a comment."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = OwnerForm(request.POST, colleagues=colleagues_of(request.person))
    if not form.is_valid():
        return _again(request, found, owner_form=form)
    owner = form.cleaned_data["owner"]
    return _done(
        request,
        found,
        _("%(name)s answers for it now.") % {"name": owner.name},
        lambda **acting: actions.assign_owner(comment_id=found.pk, owner=owner, **acting),
    )


@require_POST
@requires("comment.reply")
def mark_copy(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Say that a comment tells again what another told."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = CopyForm(request.POST)
    first = _first(request, form)
    if not form.is_valid() or first is None or first.pk == found.pk:
        if not form.errors:
            form.add_error("first", _("There is no other comment with this number."))
        return _again(request, found, copy_form=form)
    return _done(
        request,
        found,
        _("It is counted once from now on."),
        lambda **acting: actions.mark_copy(comment_id=found.pk, first_id=first.pk, **acting),
    )


@require_POST
@requires("comment.reply")
def not_a_copy(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Say that a comment stands for itself after all."""
    found = visible_comment(request, comment_id, "comment.reply")
    return _done(
        request,
        found,
        _("It counts by itself again."),
        lambda **acting: actions.not_a_copy(comment_id=found.pk, **acting),
    )


@require_POST
@requires("comment.reply")
def translate(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Keep a translation beside the original."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = TranslationForm(request.POST)
    if not form.is_valid():
        return _again(request, found, translation_form=form)
    return _done(
        request,
        found,
        _("The translation stands beside the original."),
        lambda **acting: actions.add_translation(
            comment_id=found.pk, **form.cleaned_data, **acting
        ),
    )


@require_POST
@requires("comment.reply")
def review_translation(request: StaffRequest, comment_id: int, translation_id: int) -> HttpResponse:
    """Say that one has read a translation against the original."""
    found = visible_comment(request, comment_id, "comment.reply")
    get_object_or_404(Translation, pk=translation_id, comment=found)
    by = request.person.actor
    try:
        actions.review_translation(translation_id=translation_id, by=by, at=timezone.now())
    except actions.SameReaderError:
        messages.warning(request, _("Somebody else than the translator reads it over."))
    else:
        messages.success(request, _("Read over. Your name stands with it."))
    return redirect("intake:comment", comment_id=found.pk)


@require_POST
@requires("comment.reply")
def transcribe(request: StaffRequest, comment_id: int, attachment_id: int) -> HttpResponse:
    """Keep what a photo shows or a voice message says."""
    found = visible_comment(request, comment_id, "comment.reply")
    form = TranscriptForm(request.POST)
    there = Attachment.objects.filter(comment=found, pk=attachment_id).exists()
    if not form.is_valid() or not there:
        return _again(request, found, transcript_form=form)
    return _done(
        request,
        found,
        _("The words are kept with it."),
        lambda **acting: actions.transcribe(
            attachment_id=attachment_id, text=form.cleaned_data["text"], **acting
        ),
    )


def _first(request: StaffRequest, form: CopyForm) -> Comment | None:
    if not form.is_valid():
        return None
    typed = form.cleaned_data["first"]
    first = queries.comment_by_reference(request.person.organisation_id, typed)
    mine = Comment.objects.visible_to(request.person)
    return first if first is not None and mine.filter(pk=first.pk).exists() else None


def _done(
    request: StaffRequest, found: Comment, words: str, act: Callable[..., Any]
) -> HttpResponse:
    act(by=request.person.actor, at=timezone.now())
    messages.success(request, words)
    return redirect("intake:comment", found.pk)


def _again(request: StaffRequest, found: Comment, **wrong: Any) -> HttpResponse:
    """The page with the form as it was sent, and what is wrong with it."""
    (form,) = wrong.values()
    context = comment_page(request, found, **wrong) | {"form": form}
    return render(request, "intake/comment.html", context, status=422)
