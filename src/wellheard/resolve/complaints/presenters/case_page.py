"""Everything one look at a case needs, in the order a person reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from wellheard.channels.mailbox.presenters import FileLine, file_lines
from wellheard.channels.mailbox.queries import unkept_files
from wellheard.people.access.person import Person
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.mail import inbound_of
from wellheard.resolve.complaints.models import Case, CaseFile, Issue, Page, Presence, Promise
from wellheard.resolve.complaints.presenters.badges import (
    Badge,
    DueBadge,
    due_badge,
    language_badge,
    tier_badge,
)
from wellheard.resolve.complaints.presenters.inbox import standing, who_said
from wellheard.resolve.complaints.presenters.sharing import SharingView, sharing_view
from wellheard.resolve.complaints.presenters.timeline import Day, days, timeline
from wellheard.resolve.complaints.queries.facts import (
    facts_now,
    lowering_waiting,
    missing_to_close,
    open_prompts,
)
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.rules.closing import Missing
from wellheard.resolve.complaints.rules.packs import Prompt

PRESENT_FOR = timedelta(seconds=60)
# Which step mends what is missing.
MENDS = {
    "acknowledged": "acknowledge",
    "complainant_view": "perspective",
    "issues_recorded": "issue",
    "issues_decided": "outcome",
    "decision_elements": "letter",
    "decision_sent": "letter",
    "handling_offered": "plan",
    "contact": "contact",
    "safety_review": "review",
    "prompts": "prompt",
    "owner": "assign",
}


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that stands between this case and its closure, and the step that mends it."""

    says: str
    clause: str
    step: str
    rule: str


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue with its newest outcome."""

    number: int
    words: str
    coded: str
    outcome: str
    finding: str


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise and how it stands."""

    id: int
    words: str
    due_at: datetime
    badge: Badge
    open: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody else who has the case open."""

    name: str
    since: datetime
    writing: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as a page or pane shows it."""

    case: Case
    title: str
    place: str
    klass: str
    why_klass: str
    tier: str
    badges: tuple[Badge, ...]
    dues: tuple[DueBadge, ...]
    missed: tuple[str, ...]
    todo: tuple[ToDo, ...]
    prompts: tuple[Prompt, ...]
    subjects: str
    waits_for_second: object
    calls: tuple[Page, ...]
    issues: tuple[IssueLine, ...]
    promises: tuple[PromiseLine, ...]
    files: tuple[CaseFile, ...]
    unkept: tuple[FileLine, ...]
    sharing: SharingView | None
    may_hear: tuple[str, ...]
    days: tuple[Day, ...]
    pack: str
    said: str
    language: str


def case_view(case: Case, person: Person, now: datetime) -> CaseView:
    """Read one case for the screen."""
    pack, model = pack_of(case), priority_in_force(case.organisation_id)
    clocks = list(case.clocks.all())
    running = [clock for clock in clocks if clock.met_at is None and clock.replaced_at is None]
    late = [c.label for c in clocks if c.was_missed or (c.late_at and c not in running)]
    badges = [
        tier_badge(case, model.label(case.tier)),
        standing(case, now),
        language_badge(case),
    ]
    calls = case.pages.filter(to_id=person.user_id, answered_at__isnull=True)
    return CaseView(
        case=case,
        title=who_said(case),
        place=case.place.name if case.place else _("No place named"),
        klass=pack.class_label(case.klass),
        why_klass=_why(case),
        tier=model.label(case.tier),
        badges=tuple(badge for badge in badges if badge is not None),
        dues=tuple(due_badge(clock, case, now) for clock in running) if case.is_open else (),
        missed=tuple(dict.fromkeys(late)),
        todo=to_do(case, missing_to_close(case, now)) if case.is_open else (),
        prompts=tuple(p for p in open_prompts(case) if case.klass not in p.blocks),
        subjects=", ".join(rulebook.subject_label(code) for code in facts_now(case).subjects),
        waits_for_second=lowering_waiting(case),
        calls=tuple(calls),
        issues=tuple(_issues(case)),
        promises=tuple(_promises(case, now)),
        files=tuple(case.casefiles.all()),
        unkept=tuple(_unkept(case)),
        sharing=sharing_view(case),
        may_hear=tuple(_may_hear(case)),
        days=tuple(days(case, timeline(case))),
        pack=f"{pack.title}, {_('version')} {case.pack.number}",
        said=case.comment.text,
        language=case.comment.language or case.language,
    )


def _unkept(case: Case) -> list[FileLine]:
    """Files of its mails that were not kept, or locked away: named, never given out."""
    said = (row.comment for row in case.said.select_related("comment"))
    inbound_ids = [found for comment in said if (found := inbound_of(comment)) is not None]
    return file_lines(unkept_files(inbound_ids)) if inbound_ids else []


def _why(case: Case) -> str:
    newest = case.classifications.filter(agreed_at__isnull=False).order_by("-at", "-pk").first()
    clause = pack_of(case).clauses.get(newest.decided_by) if newest else None
    return f"{clause.id}: {clause.text}" if clause else ""


def to_do(case: Case, missing: Sequence[Missing]) -> tuple[ToDo, ...]:
    """What is missing as steps to take, with the rule behind each.

    The elements of one letter are one step, so they stand in one line.
    """
    clauses = pack_of(case).clauses
    return tuple(
        ToDo(
            says=_joined([item.says for item in items]),
            clause=items[0].clause,
            step=MENDS.get(check, ""),
            rule=clauses[items[0].clause].text if items[0].clause in clauses else "",
        )
        for check, items in _by_step(missing)
    )


def _by_step(missing: Sequence[Missing]) -> list[tuple[str, list[Missing]]]:
    groups: dict[tuple[str, int], list[Missing]] = {}
    for place, item in enumerate(missing):
        alone = 0 if item.check == "decision_elements" else place + 1
        groups.setdefault((item.check, alone), []).append(item)
    return [(check, items) for (check, _alone), items in groups.items()]


def _joined(says: Sequence[str]) -> str:
    if len(says) == 1:
        return says[0]
    # "Written notice of decision: Results." and its fellows share what stands before the colon.
    title = says[0].partition(": ")[0]
    parts = [one.partition(": ")[2].rstrip(".") for one in says]
    return f"{title}: {', '.join(parts)}."


def _issues(case: Case) -> list[IssueLine]:
    outcomes = {choice.code: choice.label for choice in pack_of(case).outcomes}
    issues = case.issues.filter(joined=False).prefetch_related("outcomes")
    return [_issue(issue, outcomes) for issue in issues]


def _issue(issue: Issue, outcomes: dict[str, str]) -> IssueLine:
    newest = max(issue.outcomes.all(), key=lambda row: (row.at, row.pk), default=None)
    coding = rulebook.coding()
    labels = {row["code"]: row["label"] for row in (*coding["categories"], *coding["stages"])}
    coded = [labels[code] for code in (issue.category, issue.stage) if code in labels]
    if issue.severity is not None:
        coded.append(coding["severities"][issue.severity].lower())
    return IssueLine(
        number=issue.number,
        words=issue.words,
        coded=", ".join(coded),
        outcome=outcomes.get(newest.outcome, newest.outcome) if newest else "",
        finding=newest.finding if newest else "",
    )


def _promises(case: Case, now: datetime) -> list[PromiseLine]:
    return [
        PromiseLine(row.pk, row.words, row.due_at, _promise_badge(row, now), row.kept_at is None)
        for row in case.promises.order_by("due_at")
    ]


def _promise_badge(row: Promise, now: datetime) -> Badge:
    if row.kept_at is not None and row.kept_at < row.due_at:
        return Badge(_("Kept"), "praise", "check")
    if row.kept_at is not None:
        return Badge(_("Kept late"), "attention", "check")
    if now >= row.due_at:
        return Badge(_("Broken"), "attention", "alert")
    return Badge(_("Open"), "plain", "clock")


def _may_hear(case: Case) -> list[str]:
    """Whom the patient allowed us to talk with about it."""
    people = case.casepersons.filter(may_hear=True).select_related("user")
    return [row.user.name if row.user else row.name for row in people]


def visitors(case: Case, person: Person, now: datetime) -> list[Visitor]:
    """Who else has the case open now."""
    here = Presence.objects.filter(case=case, seen_at__gt=now - PRESENT_FOR)
    others = here.exclude(user_id=person.user_id).select_related("user")
    return [Visitor(row.user.name, row.since, row.writing) for row in others]
