"""What a person sees of their own case: where it stands, what is next and by when, who looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wellheard.people.access.queries import readers_of
from wellheard.resolve.aftercare.queries import has_answered
from wellheard.resolve.complaints.actions.closing import reopen_until, standing_closure
from wellheard.resolve.complaints.models import Case, HandlingRating, LetterDispatch
from wellheard.resolve.complaints.queries.letters import Block, blocks_of
from wellheard.resolve.complaints.queries.messages import (
    last_day,
    policy_of,
    promised_day,
    rights,
    values_for,
    written_date,
)
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.wording import say, spoken
from wellheard.resolve.follow.offers import Offer, offers

_MOST_LOOKS = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what happened, as the person is told it."""

    at: datetime
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReadableLetter:
    """A letter the person can read."""

    id: int
    title: str
    at: datetime
    blocks: tuple[Block, ...]
    language: str
    formats: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody opened the case."""

    at: datetime
    who: str
    role: str


@dataclass(frozen=True, slots=True)
class FollowView:
    """The whole page of one case."""

    case: Case
    standing: str
    next_words: str
    steps: tuple[Told, ...]
    letters: tuple[ReadableLetter, ...]
    said: tuple[Told, ...]
    looks: tuple[Look, ...]
    rights: tuple[str, ...]
    may_withdraw: bool
    may_reopen_until: str
    may_rate: bool
    rated: bool
    with_reference: str


def follow_view(case: Case, language: str, now: datetime) -> FollowView:
    """Read one case for the person it belongs to."""
    closure = standing_closure(case)
    until = reopen_until(case, closure) if closure else None
    may_reopen = until is not None and now < until and case.same_as is None
    rated = closure is not None and (
        HandlingRating.objects.filter(closure=closure).exists() or has_answered(closure.pk)
    )
    values = values_for(case, policy_of(case), spoken(language))
    return FollowView(
        case=case,
        standing=standing(case, now),
        next_words=_next(case, language),
        steps=tuple(sorted(_steps(case), key=lambda one: one.at)),
        letters=tuple(_letters(case)),
        said=tuple(_said(case)),
        looks=tuple(_looks(case)),
        rights=tuple(rights(case, spoken(language), values)),
        may_withdraw=case.is_open and not case.withdrawals.exists(),
        may_reopen_until=(
            written_date(last_day(until, case.zone), language) if until and may_reopen else ""
        ),
        may_rate=closure is not None and not rated and case.same_as is None,
        rated=rated,
        with_reference=case.same_as.reference if case.same_as else "",
    )


def standing(case: Case, now: datetime) -> str:
    """Where it stands, in one sentence."""
    status = case.status(now)
    if status == "closed":
        return _("We have finished our work on this.")
    if status == "withdrawn":
        return _("You withdrew this. We keep a record that you told us.")
    if case.withdrawals.exists():
        return _("You withdrew this. We still make sure that nobody is in danger.")
    if status == "answered":
        return _("We have written our answer to you.")
    if status == "reopened":
        return _("You told us it is not resolved. We are looking at it again.")
    if case.issues.exists() or case.perspectives.filter(by_kind="staff").exists():
        return _("We are looking into it.")
    return _("We have it, and a named person answers for it.")


def _next(case: Case, language: str) -> str:
    day = promised_day(case, language) if case.is_open else ""
    if not day:
        return ""
    return _("You will hear from us by %(day)s.") % {"day": day}


def _steps(case: Case) -> Iterator[Told]:
    yield Told(case.received_at, _("You told us"))
    for ack in case.acknowledgements.filter(failed_at__isnull=True)[:1]:
        yield Told(ack.at, _("We told you that we have it"))
    for review in case.safetyreviews.filter(safe_now=True)[:1]:
        yield Told(review.at, _("We checked that nobody is in danger"))
    for plan in case.handlingplans.all():
        words = _("We agreed with you how we handle it")
        if not plan.accepted:
            words = _("We offered to talk about how we handle it")
        days = _("Our answer comes within %(n)s days.") % {"n": plan.days} if plan.days else ""
        yield Told(plan.at, words, days)
    for contact in case.contactattempts.all():
        yield Told(contact.at, _("We talked") if contact.reached else _("We tried to reach you"))
    for row in case.said.filter(part="addition"):
        yield Told(row.at, _("You added something"))
    for sent in released(case):
        yield Told(sent.at, _("We wrote to you"))
    for gone in case.withdrawals.all():
        yield Told(gone.at, _("You withdrew it"))
    for closure in case.closures.exclude(reopening__kind="undo"):
        yield Told(closure.at, _("We finished our work"))
    for again in case.reopenings.exclude(kind="undo"):
        mine = again.kind == "person"
        yield Told(again.at, _("You said it is not resolved") if mine else _("We took it up again"))


def released(case: Case) -> list[LetterDispatch]:
    """The letters that have left."""
    rows = case.letterdispatchs.filter(called_back_at__isnull=True, left_at__isnull=False)
    return list(rows.select_related("letter", "case", "organisation"))


def _letters(case: Case) -> Iterator[ReadableLetter]:
    titles = {"decision": _("Our answer"), "interim": _("Why it takes longer")}
    for row in released(case):
        yield ReadableLetter(
            row.pk, titles[row.letter.kind], row.at, tuple(blocks_of(row.body)), row.language,
            tuple(offers(row, case.secret)),
        )  # fmt: skip


def _said(case: Case) -> Iterator[Told]:
    for row in case.said.select_related("comment").exclude(part="repeat"):
        if row.comment.text:
            yield Told(row.comment.received_at, row.comment.text)


def _looks(case: Case) -> Iterator[Look]:
    """Exactly the trail's rows of reading this case: names of staff, and our own programs."""
    for look in readers_of(case.organisation_id, "resolve.case", str(case.pk))[:_MOST_LOOKS]:
        if look.actor_kind == "patient":
            yield Look(look.at, _("This page, opened with your link or code"), "")
        else:
            yield Look(look.at, look.name or _("A program of ours"), role_words(look.role))


def role_words(role: str) -> str:
    """A role as the person reads it."""
    return {
        "Front desk": _("front desk"),
        "Nurse manager": _("nurse manager"),
        "Patient-experience specialist": _("patient relations"),
        "Grievance officer": _("complaints officer"),
        "Executive": _("hospital leadership"),
        "Auditor": _("auditor"),
    }.get(role, role)


def receipt_values(case: Case, language: str) -> dict[str, object]:
    """What the last page of the complaint form tells: rights, and when we answer."""
    values = values_for(case, policy_of(case), spoken(language))
    pack = pack_of(case)
    return {
        "rights": rights(case, spoken(language), values),
        "due": promised_day(case, language),
        "formal": pack.classes[case.klass].formal,
        "emergency": policy_of(case).emergency,
        "follow_words": say("follow_heading", language),
    }
