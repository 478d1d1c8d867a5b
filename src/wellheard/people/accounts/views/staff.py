"""The administrator's pages: who works here, with which roles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.people.access.actions import (
    RoleRefusedError,
    decide_proposal,
    end_role,
    end_ruling,
    give_role,
)
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.models import Membership, RoleProposal
from wellheard.people.access.queries import open_proposals, rulings_on
from wellheard.people.access.vocabulary import role_definitions
from wellheard.people.accounts.forms import InviteForm, RoleForm
from wellheard.people.accounts.queries import colleagues, held_roles
from wellheard.people.places.models import Organisation
from wellheard.people.staff.actions import (
    EmailTakenError,
    add_staff,
    close_account,
    make_one_time_link,
    reopen_account,
)
from wellheard.people.staff.models import User

REFUSALS = {
    "own": "Nobody changes their own role. Ask another administrator.",
    "second_person": "This needs another administrator than the one who proposed it.",
    "unknown": "There is no such role.",
    "elsewhere": "This place belongs to another organisation.",
}


@require_GET
@requires("staff.manage")
def people(request: StaffRequest) -> HttpResponse:
    """Everybody who works here."""
    found = colleagues(request.person.organisation_id, request.GET.get("q", "").strip()[:100])
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    rows = [{"user": user, "roles": held_roles(user.held)} for user in page]  # type: ignore[attr-defined]  # prefetched by colleagues()
    proposals = open_proposals(request.person.organisation_id)
    context = {
        "page": page,
        "rows": rows,
        "search": request.GET.get("q", ""),
        "proposals": [_proposal(one, request) for one in proposals],
    }
    return render(request, "accounts/people.html", context)


def _proposal(proposal: RoleProposal, request: StaffRequest) -> dict[str, Any]:
    involved = {proposal.proposed_by_id, proposal.user_id}
    return {
        "proposal": proposal,
        "role": role_definitions()[proposal.role].name,
        "mine": request.person.user_id in involved,
    }


@require_http_methods(["GET", "POST"])
@requires("staff.manage")
def invite(request: StaffRequest) -> HttpResponse:
    """A new colleague, and the link they begin with."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            user = add_staff(
                organisation=Organisation.objects.get(pk=request.person.organisation_id),
                **form.cleaned_data,
                by=request.person.actor,
                at=now,
            )
        except EmailTakenError:
            form.add_error("email", _("There is an account with this email already."))
        else:
            return _show_link(request, user)
    return render(request, "accounts/invite.html", {"form": form})


def _show_link(request: StaffRequest, user: User) -> HttpResponse:
    path = make_one_time_link(user=user, by=request.person.actor, at=timezone.now())
    context = {"colleague": user, "link": f"{settings.ADDRESS}{path}"}
    return render(request, "accounts/link.html", context)


@require_GET
@requires("staff.manage")
def colleague(request: StaffRequest, user_id: int) -> HttpResponse:
    """One colleague: roles, and what can be done with the account."""
    return _colleague(request, _found(request, user_id), RoleForm(request.person.organisation_id))


def _colleague(request: StaffRequest, user: User, form: RoleForm) -> HttpResponse:
    held = user.memberships.filter(ended_at__isnull=True).select_related("site", "place")
    waiting = open_proposals(user.organisation_id).filter(user=user)
    now = timezone.now()
    context = {
        "colleague": user,
        "roles": held_roles(list(held)),
        "proposals": [_proposal(one, request) for one in waiting],
        "rulings": list(rulings_on(user.organisation_id, now=now, user=user)),
        "form": form,
        "is_self": user.pk == request.person.user_id,
        "trail": [
            {"label": _("Staff"), "url": reverse("staff:people")},
            {"label": user.name, "url": ""},
        ],
    }
    return render(request, "accounts/colleague.html", context)


@require_POST
@requires("staff.manage")
def add_role(request: StaffRequest, user_id: int) -> HttpResponse:
    """Gives a role, or proposes a privileged one."""
    user = _found(request, user_id)
    form = RoleForm(request.person.organisation_id, request.POST)
    if not form.is_valid():
        return _colleague(request, user, form)
    role, site, place = form.chosen()
    try:
        made = give_role(
            user=user,
            role=role,
            site=site,
            place=place,
            by=request.person.actor,
            at=timezone.now(),
        )
    except RoleRefusedError as error:
        return _refused(request, error)
    if isinstance(made, RoleProposal):
        messages.success(request, _("Proposed. Another administrator must agree."))
    else:
        messages.success(request, _("The role is given."))
    return redirect("staff:colleague", user.pk)


@require_POST
@requires("staff.manage")
def drop_role(request: StaffRequest, user_id: int, membership_id: int) -> HttpResponse:
    """Ends a role."""
    membership = get_object_or_404(
        Membership, pk=membership_id, user=_found(request, user_id), ended_at__isnull=True
    )
    try:
        end_role(membership=membership, by=request.person.actor, at=timezone.now())
    except RoleRefusedError as error:
        return _refused(request, error)
    messages.success(request, _("The role is ended."))
    return redirect("staff:colleague", user_id)


@require_POST
@requires("staff.manage")
def drop_ruling(request: StaffRequest, user_id: int, ruling_id: int) -> HttpResponse:
    """Ends something that was opened to a colleague; what was closed is opened elsewhere."""
    user, now = _found(request, user_id), timezone.now()
    grants = rulings_on(user.organisation_id, now=now, user=user).filter(effect="grant")
    end_ruling(ruling=get_object_or_404(grants, pk=ruling_id), by=request.person.actor, at=now)
    messages.success(request, _("It is closed to them again."))
    return redirect("staff:colleague", user.pk)


@require_POST
@requires("staff.manage")
def decide(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """The second person's word on a privileged role."""
    proposal = open_proposals(request.person.organisation_id).filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404(proposal_id)
    try:
        decide_proposal(
            proposal=proposal,
            approved=request.POST.get("word") == "approve",
            by=request.person.actor,
            at=timezone.now(),
        )
    except RoleRefusedError as error:
        return _refused(request, error)
    messages.success(request, _("Your word is kept."))
    return redirect("staff:people")


@require_POST
@requires("staff.manage")
def new_link(request: StaffRequest, user_id: int) -> HttpResponse:
    """A new one-time link; the one before stops working."""
    user = _found(request, user_id)
    if user.pk == request.person.user_id:
        refuse(request, "staff.manage", ("people.user", str(user.pk)))
    return _show_link(request, user)


@require_POST
@requires("staff.manage")
def close(request: StaffRequest, user_id: int) -> HttpResponseRedirect:
    """Closes the account; not one's own."""
    user = _found(request, user_id)
    if user.pk == request.person.user_id:
        refuse(request, "staff.manage", ("people.user", str(user.pk)))
    close_account(user=user, by=request.person.actor, at=timezone.now())
    messages.success(request, _("The account is closed and signed out everywhere."))
    return redirect("staff:colleague", user.pk)


@require_POST
@requires("staff.manage")
def reopen(request: StaffRequest, user_id: int) -> HttpResponseRedirect:
    """Opens a closed account again."""
    user = _found(request, user_id)
    reopen_account(user=user, by=request.person.actor, at=timezone.now())
    messages.success(request, _("The account is open again."))
    return redirect("staff:colleague", user.pk)


def _found(request: StaffRequest, user_id: int) -> User:
    return get_object_or_404(User, pk=user_id, organisation_id=request.person.organisation_id)


def _refused(request: StaffRequest, error: RoleRefusedError) -> HttpResponse:
    messages.error(request, REFUSALS[error.reason])
    sent_from = reverse("staff:people")
    return redirect(sent_from)
