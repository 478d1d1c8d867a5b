"""The card's pages: one question each, kept on the server, never a cookie.

Every POST ends in a redirect. An address without a token is the beginning; the token in all later
ones is the only key to what was answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wellheard.base.audit.actor import Actor
from wellheard.base.pages.panels import panels
from wellheard.listen.cards import actions, presenters, rules
from wellheard.listen.cards.actions.send import follow_secret
from wellheard.listen.cards.doors import is_kiosk, patient_page
from wellheard.listen.cards.prepared import hole, prepared
from wellheard.listen.cards.queries import Spot, card_spot, followed_comment, receipt
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.listen.intake.rules.words import TooLongError
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_contact
from wellheard.people.places.models import Place

_ANYONE = "anyone may tell us about their care, without saying who they are"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page of a card that is being written."""

    request: HttpRequest
    spot: Spot
    draft: actions.Draft
    step: rules.Step
    at: datetime

    @property
    def place(self) -> Place:
        return self.spot.place

    @property
    def card(self) -> rules.Card:
        return self.draft.card

    @property
    def only_changing(self) -> bool:
        return self.request.GET.get("from") == "check"


@patient_page(_ANYONE)
def find(request: HttpRequest) -> HttpResponse:
    """A field for the code, for those who were given only the short address."""
    code = request.GET.get("code", "")
    if code:
        spot = card_spot(code)
        if spot is not None:
            return HttpResponseRedirect(_start_url(spot))
    wrong = {"code": _("We do not know that code. Check the letters and numbers.")} if code else {}
    return _find_page(request, code, wrong, status=200)


@patient_page(_ANYONE)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """The one question; answering it begins a draft."""
    spot = card_spot(code)
    if spot is None:
        return _unknown(request, code)
    if request.method != "POST":
        values = presenters.rating_values(rules.Card())
        return _drawn(request, "rating", _scene(spot), values, token="")
    card = rules.with_rating(rules.Card(), request.POST.get("rating", ""))
    draft = actions.start_draft(card, place=spot.place, at=timezone.now())
    return HttpResponseRedirect(f"{draft.token}/story/")


@patient_page(_ANYONE)
def rating(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The one question again, to change its answer."""
    visit = _visit(request, code, token, "rating")
    if isinstance(visit, HttpResponse):
        return visit
    if request.method == "POST":
        return _onward(visit, rules.with_rating(visit.card, request.POST.get("rating", "")))
    return _page(visit, presenters.rating_values(visit.card))


@patient_page(_ANYONE)
def story(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """What happened; and photos or voice notes beside it."""
    visit = _visit(request, code, token, "story")
    if isinstance(visit, HttpResponse):
        return visit
    if request.method != "POST":
        return _story_page(visit, visit.card.story)
    typed = request.POST.get("story", "")
    try:
        card = rules.with_story(visit.card, typed)
    except TooLongError as error:
        problem = presenters.story_problem(error.length - error.longest)
        return _story_page(visit, typed, {"story": problem})
    visit = replace(visit, draft=replace(visit.draft, card=card))
    try:
        card = _with_files(visit)
    except FileRefusedError as error:
        actions.keep_draft(visit.draft.token, card)
        return _story_page(visit, typed, {"file": presenters.file_problem(error.why)})
    if "add" in request.POST or "remove" in request.POST:
        actions.keep_draft(visit.draft.token, card)
        return HttpResponseRedirect(request.get_full_path())
    return _onward(visit, card)


@patient_page(_ANYONE)
def reply(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Whether we may answer."""
    visit = _visit(request, code, token, "reply")
    if isinstance(visit, HttpResponse):
        return visit
    if request.method == "POST":
        return _onward(visit, rules.with_reply(visit.card, request.POST.get("reply", "")))
    return _page(visit, presenters.reply_values(visit.card))


@patient_page(_ANYONE)
def contact(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Where the answer goes; only for those who want one."""
    visit = _visit(request, code, token, "contact")
    if isinstance(visit, HttpResponse):
        return visit
    if not visit.card.wants_reply:
        return HttpResponseRedirect("../reply/")
    if request.method != "POST":
        return _contact_page(visit, visit.card)
    typed = request.POST.get("contact", "")
    card = rules.with_contact(visit.card, contact=typed, name=request.POST.get("name", ""))
    if _is_readable(card, visit.place):
        return _onward(visit, card)
    return _contact_page(visit, card, {"contact": presenters.contact_problem(card)})


@patient_page(_ANYONE)
def check(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Everything once more before it is sent; sending it."""
    visit = _visit(request, code, token, "check")
    if isinstance(visit, HttpResponse):
        return visit
    card = visit.card
    if rules.is_empty(card):
        return _story_page(
            replace(visit, step="story"),
            card.story,
            {"story": _("Write a few words, or go back and choose an answer. Then send it.")},
        )
    if card.wants_reply and not _is_readable(card, visit.place):
        return HttpResponseRedirect("../contact/")
    if request.method != "POST":
        return _page(visit, presenters.check_values(card), flags=_shown(card))
    actions.send_draft(
        visit.draft,
        spot=visit.spot,
        language=get_language() or settings.LANGUAGE_CODE,
        by=Actor.patient(visit.place.organisation_id),
        at=visit.at,
    )
    return HttpResponseRedirect("../thanks/")


@patient_page(_ANYONE)
def thanks(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The card's number and what happens next; for a day."""
    spot = card_spot(code)
    if spot is None:
        return _unknown(request, code)
    sent = receipt(token, at=timezone.now())
    if sent is None or sent.place_id != spot.place.pk:
        return _over(request, spot)
    flags = presenters.thanks_flags(sent)
    follow = follow_secret(token) if "with_follow" in flags else ""
    values = presenters.thanks_values(sent, spot.place, follow)
    scene = _scene(spot, flags=flags, idle=rules.THANKS_IDLE if sent.on_kiosk else 0)
    return _drawn(request, "thanks", scene, values, token=token)


@patient_page("whoever holds the secret of the link sent this card")
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """What became of a card, for whoever sent it; its words are not shown."""
    comment = followed_comment(secret)
    if comment is None or comment.place is None:
        return _find_page(request, "", {}, status=404)
    scene = _scene(Spot(comment.place))
    context = {
        **scene.context(),
        "reference": comment.reference,
        "received": comment.received_at,
        "state": presenters.state_of(comment, now=timezone.now()),
        "panels": panels("listen.follow", request, comment),
    }
    return HttpResponse(render_to_string("cards/follow.html", context, request=request))


@patient_page("what we do with what people tell us is for everybody to read")
def privacy(request: HttpRequest) -> HttpResponse:
    """How we look after what people tell us."""
    return HttpResponse(render_to_string("cards/privacy.html", {}, request=request))


def _visit(request: HttpRequest, code: str, token: str, step: rules.Step) -> Visit | HttpResponse:
    """The draft behind the address; or where to go when it is sent, over, or never was."""
    spot = card_spot(code)
    if spot is None:
        return _unknown(request, code)
    at = timezone.now()
    draft = actions.open_draft(token, place=spot.place, at=at)
    if draft is not None:
        return Visit(request, spot, draft, step, at)
    if receipt(token, at=at) is not None:
        return HttpResponseRedirect("../thanks/")
    if is_kiosk(request):
        return _over(request, spot)
    if step == "story" and request.method == "POST" and request.POST.get("story", "").strip():
        # Written for longer than a draft is kept, or while it was forgotten: go on with a new one.
        draft = actions.start_draft(rules.Card(), place=spot.place, at=at)
        return Visit(request, spot, draft, step, at)
    return _over(request, spot)


def _onward(visit: Visit, card: rules.Card) -> HttpResponse:
    """Keep the answers and go to the next page."""
    if not actions.keep_draft(visit.draft.token, card):
        return _over(visit.request, visit.spot)
    step = rules.step_after(visit.step, card, only_changing=visit.only_changing)
    query = "?from=check" if visit.only_changing and step != "check" else ""
    # the token may be a new one, so the address is built from it
    return HttpResponseRedirect(f"../../{visit.draft.token}/{step}/{query}")


def _page(
    visit: Visit,
    values: Mapping[str, str],
    *,
    flags: Sequence[str] = (),
    consent: str = "",
) -> HttpResponse:
    """The page of a step with nothing unusual on it."""
    scene = _visit_scene(visit, flags, consent)
    return _drawn(visit.request, visit.step, scene, values, token=visit.draft.token)


def _visit_scene(visit: Visit, flags: Sequence[str], consent: str) -> presenters.CardScene:
    before = rules.step_before(visit.step, visit.card, only_changing=visit.only_changing)
    query = "?from=check" if visit.only_changing and before == "reply" else ""
    return _scene(
        visit.spot,
        back_url=f"../{before}/{query}" if before else "",
        flags=flags,
        consent=consent,
        idle=visit.card.idle,
    )


def _story_page(visit: Visit, typed: str, wrong: Mapping[str, str] | None = None) -> HttpResponse:
    if not wrong and not visit.card.files:
        return _page(visit, {"story": typed})
    unusual = {"story": typed, "files": presenters.file_rows(actions.listed_files(visit.draft))}
    return _unusual(visit, unusual, wrong or {})


def _contact_page(
    visit: Visit, card: rules.Card, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    values = {"contact": card.contact, "name": card.name}
    flags = ["by_email"] if card.reply == "email" else []
    language = get_language() or settings.LANGUAGE_CODE
    consent = presenters.consent_of(card, visit.place, language)
    if not wrong:
        return _page(visit, values, flags=flags, consent=consent)
    return _unusual(visit, values, wrong, flags=flags, consent=consent)


def _unusual(
    visit: Visit,
    values: Mapping[str, object],
    wrong: Mapping[str, str],
    *,
    flags: Sequence[str] = (),
    consent: str = "",
) -> HttpResponse:
    """A page with errors or a list on it: drawn from its template for this one request."""
    context = {
        **_visit_scene(visit, flags, consent).context(),
        **values,
        "wrong": wrong,
        "problems": [{"words": words, "target": name} for name, words in wrong.items()],
    }
    template = f"cards/{visit.step}.html"
    return HttpResponse(
        render_to_string(template, context, request=visit.request), status=422 if wrong else 200
    )


def _drawn(
    request: HttpRequest,
    step: str,
    scene: presenters.CardScene,
    values: Mapping[str, str],
    *,
    token: str,
) -> HttpResponse:
    """A prepared page with its holes filled."""
    path = request.path.replace(token, hole("token")) if token else request.path
    language = get_language() or settings.LANGUAGE_CODE
    page = prepared(f"cards/{step}.html", language, path, tuple(values), scene)
    return HttpResponse(page.fill({**values, "token": token}))


def _scene(
    spot: Spot,
    *,
    back_url: str = "",
    flags: Sequence[str] = (),
    consent: str = "",
    idle: int = 0,
) -> presenters.CardScene:
    return presenters.card_scene(
        spot,
        start_url=_start_url(spot),
        back_url=back_url,
        flags=flags,
        consent=consent,
        idle=idle,
    )


def _start_url(spot: Spot) -> str:
    return _address(spot.code, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=2048)
def _address(code: str, language: str) -> str:
    with translation.override(language):
        return reverse("cards:start", args=[code])


def _shown(card: rules.Card) -> list[str]:
    """Which rows of the last page there are."""
    return [
        *(["with_files"] if card.files else []),
        *(["with_contact"] if card.wants_reply else []),
    ]


def _with_files(visit: Visit) -> rules.Card:
    """The card after a chosen file was put with it or one was removed. Raises FileRefusedError."""
    removed = visit.request.POST.get("remove", "")
    if removed.isdecimal():
        return actions.remove_file(visit.draft, int(removed))
    chosen = visit.request.FILES.get("file")
    if chosen is None or visit.card.on_kiosk:
        return visit.card
    return actions.add_file(visit.draft, chosen.read())


def _is_readable(card: rules.Card, place: Place) -> bool:
    try:
        read_contact(card.reply, card.contact, place.organisation.country)
    except ContactNotUnderstoodError:
        return False
    return True


def _over(request: HttpRequest, spot: Spot) -> HttpResponse:
    if is_kiosk(request):
        return HttpResponseRedirect(reverse("kiosk:start"))
    context = _scene(spot).context()
    return HttpResponse(render_to_string("cards/over.html", context, request=request), status=410)


def _unknown(request: HttpRequest, code: str) -> HttpResponse:
    if is_kiosk(request):
        return HttpResponseRedirect(reverse("kiosk:start"))
    wrong = {"code": _("We do not know that code. Check the letters and numbers.")}
    return _find_page(request, code, wrong, status=404)


def _find_page(
    request: HttpRequest, code: str, wrong: Mapping[str, str], *, status: int
) -> HttpResponse:
    context = {
        "code": code[:12],
        "wrong": wrong,
        "problems": [{"words": words, "target": name} for name, words in wrong.items()],
        "find_url": reverse("cards:find"),
    }
    return HttpResponse(
        render_to_string("cards/find.html", context, request=request),
        status=status if status == 404 else (422 if wrong else 200),
    )
