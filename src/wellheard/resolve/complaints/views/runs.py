"""What each step does with what was typed: one function a step, each calling one action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.measures.clocks import start_of_day, zone_named
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.actions import (
    acknowledging,
    assigning,
    classifying,
    closing,
    paging,
    promises,
    sharing,
    working,
)
from wellheard.resolve.complaints.actions.changing import NotAllowedError
from wellheard.resolve.complaints.models import Case

Data = Mapping[str, Any]
_MORNING_HOUR = 8
FACT_FIELDS = (
    "complainant",
    "formal_request",
    "response_requested",
    "resolved_by",
    "harm",
    "payer",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Everything an action needs: what was typed, on which case, by whom and when."""

    data: Data
    case: Case
    by: Actor
    at: datetime

    @property
    def seen(self) -> int | None:
        found: int | None = self.data.get("seen")
        return found


def take_note(t: Taken) -> object:
    return working.add_note(case_id=t.case.pk, words=t.data["words"], by=t.by, at=t.at)


def take_amend(t: Taken) -> object:
    return working.amend_note(
        note_id=t.data["note"], words=t.data["words"], why=t.data["why"], by=t.by, at=t.at
    )


def take_acknowledge(t: Taken) -> object:
    found = acknowledging.acknowledge_case(case_id=t.case.pk, by=t.by, at=t.at)
    if found is None:
        raise NotAllowedError(
            _("We have no address to write to. Record a call or a letter instead.")
        )
    return found


def take_perspective(t: Taken) -> object:
    return working.record_perspective(
        case_id=t.case.pk,
        words=t.data["words"],
        wish=t.data["wish"],
        confirmed=t.data["confirmed"],
        by=t.by,
        at=t.at,
    )


def take_issue(t: Taken) -> object:
    return working.add_issue(
        case_id=t.case.pk,
        words=t.data["words"],
        category=t.data["category"],
        severity=t.data["severity"],
        stage=t.data["stage"],
        by=t.by,
        at=t.at,
    )


def take_outcome(t: Taken) -> object:
    return working.decide_issue(
        issue_id=int(t.data["issue"]),
        outcome=t.data["outcome"],
        finding=t.data["finding"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def take_contact(t: Taken) -> object:
    return working.record_contact(
        case_id=t.case.pk,
        way=t.data["way"],
        reached=t.data["reached"] == "yes",
        words=t.data["words"],
        by=t.by,
        at=t.at,
    )


def take_plan(t: Taken) -> object:
    return working.record_plan(
        case_id=t.case.pk,
        accepted=t.data["accepted"] == "yes",
        days=t.data["days"],
        plan=t.data["plan"],
        by=t.by,
        at=t.at,
    )


def take_review(t: Taken) -> object:
    return working.record_safety_review(
        case_id=t.case.pk,
        safe_now=t.data["safe_now"] == "yes",
        done=t.data["done"],
        incident_reference=t.data["incident_reference"],
        by=t.by,
        at=t.at,
    )


def take_prompt(t: Taken) -> object:
    return working.answer_prompt(
        case_id=t.case.pk,
        prompt=t.data["prompt"],
        answer=t.data["answer"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )


def take_assign(t: Taken) -> object:
    return assigning.assign_case(
        case_id=t.case.pk,
        owner=t.data["owner"],
        why=t.data["why"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def take_snooze(t: Taken) -> object:
    until = snooze_until(t.data["until"], t.case.zone, t.at)
    return promises.snooze_case(
        case_id=t.case.pk, until=until, why=t.data["why"], seen=t.seen, by=t.by, at=t.at
    )


def snooze_until(choice: str, zone: str, now: datetime) -> datetime:
    """The moment a snooze choice means: hours from now, or a morning at eight in the zone."""
    if choice == "hours":
        return now + timedelta(hours=4)
    days = {"tomorrow": 1, "days": 3, "week": 7}[choice]
    day = now.astimezone(zone_named(zone)).date() + timedelta(days=days)
    return start_of_day(day, zone=zone).replace(hour=_MORNING_HOUR)


def take_wake(t: Taken) -> object:
    promises.wake_case(case_id=t.case.pk, rule="person", by=t.by, at=t.at)
    return None


def take_tier(t: Taken) -> object:
    classifying.change_tier(
        case_id=t.case.pk, tier=t.data["tier"], why=t.data["why"], seen=t.seen, by=t.by, at=t.at
    )
    return None


def take_facts(t: Taken) -> object:
    changes = {key: t.data[key] for key in (*FACT_FIELDS, "subjects")}
    return classifying.record_facts(
        case_id=t.case.pk, changes=changes, why=t.data["why"], seen=t.seen, by=t.by, at=t.at
    )


def take_person(t: Taken) -> object:
    return assigning.add_person(
        case_id=t.case.pk,
        part=t.data["part"],
        user=t.data["user"],
        name=t.data["name"],
        may_hear=t.data["may_hear"],
        by=t.by,
        at=t.at,
    )


def take_sharing(t: Taken) -> object:
    return sharing.note_sharing(
        case_id=t.case.pk,
        state=t.data["state"],
        basis=t.data["basis"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def take_promise(t: Taken) -> object:
    due_at = start_of_day(t.data["due_on"] + timedelta(days=1), zone=t.case.zone)
    return promises.make_promise(
        case_id=t.case.pk, words=t.data["words"], due_at=due_at, by=t.by, at=t.at
    )


def take_receipt(t: Taken) -> object:
    return classifying.correct_receipt(
        case_id=t.case.pk,
        received_at=t.data["received_on"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )


def take_confidential(t: Taken) -> object:
    working.mark_confidential(
        case_id=t.case.pk,
        confidential=t.data["confidential"] == "yes",
        sensitivity=t.data["sensitivity"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )
    return None


def take_link(t: Taken) -> object:
    reference = tidy_reference(t.data["reference"])
    first = Case.objects.of(t.case.organisation_id).filter(reference=reference).first()
    if first is None:
        raise NotAllowedError(_("There is no case with this reference."))
    return closing.link_case(
        case_id=t.case.pk,
        first_id=first.pk,
        why=t.data["why"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def take_close(t: Taken) -> object:
    return closing.close_case(
        case_id=t.case.pk,
        reason=t.data["reason"],
        satisfied=t.data["satisfied"],
        why=t.data["why"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def take_reopen(t: Taken) -> object:
    return closing.reopen_case(case_id=t.case.pk, why=t.data["why"], by=t.by, at=t.at)


def take_call(t: Taken) -> object:
    return paging.answer_page(case_id=t.case.pk, by=t.by, at=t.at)


def take_over(t: Taken) -> object:
    """Make the one who asks the owner."""
    me = User.objects.get(pk=int(t.by.ref))
    return assigning.assign_case(case_id=t.case.pk, owner=me, seen=t.seen, by=t.by, at=t.at)
