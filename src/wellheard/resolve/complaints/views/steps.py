"""The steps somebody can take on a case: form, permission, shortcut, and the action it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.measures.clocks import start_of_day, zone_named
from wellheard.people.access.person import Person
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.actions import (
    acknowledging,
    assigning,
    classifying,
    closing,
    paging,
    promises,
    working,
)
from wellheard.resolve.complaints.actions.changing import NotAllowedError
from wellheard.resolve.complaints.forms import steps as forms
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.facts import facts_now, open_prompts

Data = Mapping[str, Any]
_MORNING_HOUR = 8
SAVE, SAVED = gettext_lazy("Save"), gettext_lazy("Saved.")


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


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step: its words, its form, what it may ask, and what it does."""

    name: str
    title: Any
    form: Callable[..., forms.StepForm]
    run: Callable[[Taken], object]
    permission: str = "case.work"
    sign: str = "note"
    keys: str = ""
    submit: Any = SAVE
    done: Any = SAVED
    autosave: bool = False


def initial_for(name: str, case: Case, given: Data) -> dict[str, Any]:
    """What a form starts with; `given` is the query of the address."""
    start: dict[str, Any] = {"seen": case.version}
    if name == "amend":
        start["note"] = given.get("note", "")
    if name == "facts":
        facts = facts_now(case)
        start |= {key: getattr(facts, key) for key in _FACT_FIELDS} | {
            "subjects": list(facts.subjects)
        }
    elif name == "tier":
        start["tier"] = case.tier
    elif name == "prompt":
        start["prompt"] = next((prompt.code for prompt in open_prompts(case)), "")
    elif name == "close":
        start |= {"reason": "satisfied", "satisfied": "unknown"}
    return start


_FACT_FIELDS = (
    "complainant",
    "formal_request",
    "response_requested",
    "resolved_by",
    "harm",
    "payer",
)


def _note(t: Taken) -> object:
    return working.add_note(case_id=t.case.pk, words=t.data["words"], by=t.by, at=t.at)


def _amend(t: Taken) -> object:
    return working.amend_note(
        note_id=t.data["note"], words=t.data["words"], why=t.data["why"], by=t.by, at=t.at
    )


def _acknowledge(t: Taken) -> object:
    found = acknowledging.acknowledge_case(case_id=t.case.pk, by=t.by, at=t.at)
    if found is None:
        raise NotAllowedError(
            _("We have no address to write to. Record a call or a letter instead.")
        )
    return found


def _perspective(t: Taken) -> object:
    return working.record_perspective(
        case_id=t.case.pk,
        words=t.data["words"],
        wish=t.data["wish"],
        confirmed=t.data["confirmed"],
        by=t.by,
        at=t.at,
    )


def _issue(t: Taken) -> object:
    return working.add_issue(
        case_id=t.case.pk,
        words=t.data["words"],
        category=t.data["category"],
        severity=t.data["severity"],
        stage=t.data["stage"],
        by=t.by,
        at=t.at,
    )


def _outcome(t: Taken) -> object:
    return working.decide_issue(
        issue_id=int(t.data["issue"]),
        outcome=t.data["outcome"],
        finding=t.data["finding"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def _contact(t: Taken) -> object:
    return working.record_contact(
        case_id=t.case.pk,
        way=t.data["way"],
        reached=t.data["reached"] == "yes",
        words=t.data["words"],
        by=t.by,
        at=t.at,
    )


def _plan(t: Taken) -> object:
    return working.record_plan(
        case_id=t.case.pk,
        accepted=t.data["accepted"] == "yes",
        days=t.data["days"],
        plan=t.data["plan"],
        by=t.by,
        at=t.at,
    )


def _review(t: Taken) -> object:
    return working.record_safety_review(
        case_id=t.case.pk,
        safe_now=t.data["safe_now"] == "yes",
        done=t.data["done"],
        incident_reference=t.data["incident_reference"],
        by=t.by,
        at=t.at,
    )


def _prompt(t: Taken) -> object:
    return working.answer_prompt(
        case_id=t.case.pk,
        prompt=t.data["prompt"],
        answer=t.data["answer"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )


def _assign(t: Taken) -> object:
    return assigning.assign_case(
        case_id=t.case.pk,
        owner=t.data["owner"],
        why=t.data["why"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def _snooze(t: Taken) -> object:
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


def _wake(t: Taken) -> object:
    promises.wake_case(case_id=t.case.pk, rule="person", by=t.by, at=t.at)
    return None


def _tier(t: Taken) -> object:
    classifying.change_tier(
        case_id=t.case.pk, tier=t.data["tier"], why=t.data["why"], seen=t.seen, by=t.by, at=t.at
    )
    return None


def _facts(t: Taken) -> object:
    changes = {key: t.data[key] for key in (*_FACT_FIELDS, "subjects")}
    return classifying.record_facts(
        case_id=t.case.pk, changes=changes, why=t.data["why"], seen=t.seen, by=t.by, at=t.at
    )


def _person(t: Taken) -> object:
    return assigning.add_person(
        case_id=t.case.pk,
        part=t.data["part"],
        user=t.data["user"],
        name=t.data["name"],
        may_hear=t.data["may_hear"],
        by=t.by,
        at=t.at,
    )


def _promise(t: Taken) -> object:
    due_at = start_of_day(t.data["due_on"] + timedelta(days=1), zone=t.case.zone)
    return promises.make_promise(
        case_id=t.case.pk, words=t.data["words"], due_at=due_at, by=t.by, at=t.at
    )


def _receipt(t: Taken) -> object:
    return classifying.correct_receipt(
        case_id=t.case.pk,
        received_at=t.data["received_on"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )


def _confidential(t: Taken) -> object:
    working.mark_confidential(
        case_id=t.case.pk,
        confidential=t.data["confidential"] == "yes",
        sensitivity=t.data["sensitivity"],
        why=t.data["why"],
        by=t.by,
        at=t.at,
    )
    return None


def _link(t: Taken) -> object:
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


def _close(t: Taken) -> object:
    return closing.close_case(
        case_id=t.case.pk,
        reason=t.data["reason"],
        satisfied=t.data["satisfied"],
        why=t.data["why"],
        seen=t.seen,
        by=t.by,
        at=t.at,
    )


def _reopen(t: Taken) -> object:
    return closing.reopen_case(case_id=t.case.pk, why=t.data["why"], by=t.by, at=t.at)


def _take_call(t: Taken) -> object:
    return paging.answer_page(case_id=t.case.pk, by=t.by, at=t.at)


def _take(t: Taken) -> object:
    """Make the one who asks the owner."""
    me = User.objects.get(pk=int(t.by.ref))
    return assigning.assign_case(case_id=t.case.pk, owner=me, seen=t.seen, by=t.by, at=t.at)


_SPECS = (
    StepSpec(
        "close",
        gettext_lazy("Close"),
        forms.CloseForm,
        _close,
        "case.close",
        "archive",
        "Alt+E",
        gettext_lazy("Close the case"),
        gettext_lazy("Closed."),
    ),
    StepSpec(
        "note",
        gettext_lazy("Note"),
        forms.NoteForm,
        _note,
        sign="note",
        keys="Alt+P",
        autosave=True,
    ),
    StepSpec(
        "assign",
        gettext_lazy("Assign"),
        forms.AssignForm,
        _assign,
        sign="assign",
        keys="Alt+A",
        submit=gettext_lazy("Give it to them"),
    ),
    StepSpec(
        "snooze",
        gettext_lazy("Snooze"),
        forms.SnoozeForm,
        _snooze,
        sign="snooze",
        keys="Alt+M",
        submit=gettext_lazy("Put it aside"),
    ),
    StepSpec(
        "perspective",
        gettext_lazy("How they see it"),
        forms.PerspectiveForm,
        _perspective,
        sign="ear",
        autosave=True,
    ),
    StepSpec("issue", gettext_lazy("Add an issue"), forms.IssueForm, _issue, sign="list"),
    StepSpec(
        "outcome",
        gettext_lazy("Decide an issue"),
        forms.OutcomeForm,
        _outcome,
        sign="proof",
        autosave=True,
    ),
    StepSpec(
        "contact", gettext_lazy("Record a contact"), forms.ContactForm, _contact, sign="phone"
    ),
    StepSpec(
        "plan", gettext_lazy("Agree how we handle it"), forms.PlanForm, _plan, sign="calendar"
    ),
    StepSpec(
        "review",
        gettext_lazy("Safety review"),
        forms.ReviewForm,
        _review,
        sign="danger",
        keys="Alt+U",
    ),
    StepSpec(
        "prompt", gettext_lazy("Answer a required question"), forms.PromptForm, _prompt, sign="help"
    ),
    StepSpec("promise", gettext_lazy("Make a promise"), forms.PromiseForm, _promise, sign="flag"),
    StepSpec(
        "acknowledge",
        gettext_lazy("Acknowledge"),
        forms.StepForm,
        _acknowledge,
        sign="check",
        submit=gettext_lazy("Send the acknowledgement"),
        done=gettext_lazy("The acknowledgement is on its way."),
    ),
    StepSpec("facts", gettext_lazy("Facts and class"), forms.FactsForm, _facts, sign="tag"),
    StepSpec("tier", gettext_lazy("Urgency"), forms.TierForm, _tier, sign="flag"),
    StepSpec("person", gettext_lazy("Add a person"), forms.PersonForm, _person, sign="people"),
    StepSpec(
        "link", gettext_lazy("Same matter as another case"), forms.LinkForm, _link, sign="link"
    ),
    StepSpec(
        "receipt",
        gettext_lazy("Correct the day of receipt"),
        forms.ReceiptForm,
        _receipt,
        sign="pencil",
    ),
    StepSpec(
        "confidential",
        gettext_lazy("Who may open it"),
        forms.ConfidentialForm,
        _confidential,
        sign="lock",
    ),
    StepSpec("amend", gettext_lazy("Amend a note"), forms.AmendForm, _amend, sign="pencil"),
    StepSpec(
        "reopen",
        gettext_lazy("Reopen"),
        forms.ReopenForm,
        _reopen,
        sign="undo",
        submit=gettext_lazy("Reopen the case"),
    ),
    StepSpec(
        "take",
        gettext_lazy("Take it"),
        forms.StepForm,
        _take,
        sign="person",
        submit=gettext_lazy("Make it mine"),
    ),
    StepSpec("wake", gettext_lazy("Bring it back"), forms.StepForm, _wake, sign="bell"),
    StepSpec(
        "call",
        gettext_lazy("Take the call"),
        forms.StepForm,
        _take_call,
        permission="case.read",
        sign="bell",
        submit=gettext_lazy("I am on it"),
    ),
)
STEPS: dict[str, StepSpec] = {spec.name: spec for spec in _SPECS}

FIRST = ("letter", "note", "assign", "snooze", "close")
MORE = (
    "perspective",
    "issue",
    "outcome",
    "contact",
    "plan",
    "review",
    "prompt",
    "promise",
    "acknowledge",
    "facts",
    "tier",
    "person",
    "link",
    "receipt",
    "confidential",
)


def may_take(person: Person, case: Case, spec: StepSpec) -> bool:
    """Whether this person may take this step on this case."""
    return person.may(spec.permission, place_id=case.place_id, case_id=case.pk) or (
        case.owner_id == person.user_id and person.may(spec.permission)
    )
