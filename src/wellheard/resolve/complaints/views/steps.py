"""The steps somebody can take on a case: form, permission, shortcut, and the action it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wellheard.people.access.person import Person
from wellheard.resolve.complaints.forms import steps as forms
from wellheard.resolve.complaints.forms.fields import StepForm
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.facts import facts_now, open_prompts
from wellheard.resolve.complaints.views import runs
from wellheard.resolve.complaints.views.runs import FACT_FIELDS, Data, Taken

SAVE, SAVED = _("Save"), _("Saved.")


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step: its words, its form, what it may ask, and what it does."""

    name: str
    title: Any
    form: Callable[..., StepForm]
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
        start |= {key: getattr(facts, key) for key in FACT_FIELDS} | {
            "subjects": list(facts.subjects)
        }
    elif name == "tier":
        start["tier"] = case.tier
    elif name == "prompt":
        start["prompt"] = next((prompt.code for prompt in open_prompts(case)), "")
    elif name == "close":
        start |= {"reason": "satisfied", "satisfied": "unknown"}
    return start


_SPECS = (
    StepSpec(
        "close",
        _("Close"),
        forms.CloseForm,
        runs.take_close,
        "case.close",
        "archive",
        "Alt+E",
        _("Close the case"),
        _("Closed."),
    ),
    StepSpec(
        "note",
        _("Note"),
        forms.NoteForm,
        runs.take_note,
        sign="note",
        keys="Alt+P",
        autosave=True,
    ),
    StepSpec(
        "assign",
        _("Assign"),
        forms.AssignForm,
        runs.take_assign,
        sign="assign",
        keys="Alt+A",
        submit=_("Give it to them"),
    ),
    StepSpec(
        "snooze",
        _("Snooze"),
        forms.SnoozeForm,
        runs.take_snooze,
        sign="snooze",
        keys="Alt+M",
        submit=_("Put it aside"),
    ),
    StepSpec(
        "perspective",
        _("How they see it"),
        forms.PerspectiveForm,
        runs.take_perspective,
        sign="ear",
        autosave=True,
    ),
    StepSpec("issue", _("Add an issue"), forms.IssueForm, runs.take_issue, sign="list"),
    StepSpec(
        "outcome",
        _("Decide an issue"),
        forms.OutcomeForm,
        runs.take_outcome,
        sign="proof",
        autosave=True,
    ),
    StepSpec(
        "contact",
        _("Record a contact"),
        forms.ContactForm,
        runs.take_contact,
        sign="phone",
    ),
    StepSpec(
        "plan",
        _("Agree how we handle it"),
        forms.PlanForm,
        runs.take_plan,
        sign="calendar",
    ),
    StepSpec(
        "review",
        _("Safety review"),
        forms.ReviewForm,
        runs.take_review,
        sign="danger",
        keys="Alt+U",
    ),
    StepSpec(
        "prompt",
        _("Answer a required question"),
        forms.PromptForm,
        runs.take_prompt,
        sign="help",
    ),
    StepSpec("promise", _("Make a promise"), forms.PromiseForm, runs.take_promise, sign="flag"),
    StepSpec(
        "acknowledge",
        _("Acknowledge"),
        StepForm,
        runs.take_acknowledge,
        sign="check",
        submit=_("Send the acknowledgement"),
        done=_("The acknowledgement is on its way."),
    ),
    StepSpec("facts", _("Facts and class"), forms.FactsForm, runs.take_facts, sign="tag"),
    StepSpec("tier", _("Urgency"), forms.TierForm, runs.take_tier, sign="flag"),
    StepSpec("person", _("Add a person"), forms.PersonForm, runs.take_person, sign="people"),
    StepSpec(
        "sharing",
        _("May we talk with them?"),
        forms.SharingForm,
        runs.take_sharing,
        sign="lock",
    ),
    StepSpec(
        "link",
        _("Same matter as another case"),
        forms.LinkForm,
        runs.take_link,
        sign="link",
    ),
    StepSpec(
        "receipt",
        _("Correct the day of receipt"),
        forms.ReceiptForm,
        runs.take_receipt,
        sign="pencil",
    ),
    StepSpec(
        "confidential",
        _("Who may open it"),
        forms.ConfidentialForm,
        runs.take_confidential,
        sign="lock",
    ),
    StepSpec("amend", _("Amend a note"), forms.AmendForm, runs.take_amend, sign="pencil"),
    StepSpec(
        "reopen",
        _("Reopen"),
        forms.ReopenForm,
        runs.take_reopen,
        sign="undo",
        submit=_("Reopen the case"),
    ),
    StepSpec(
        "take",
        _("Take it"),
        StepForm,
        runs.take_over,
        sign="person",
        submit=_("Make it mine"),
    ),
    StepSpec("wake", _("Bring it back"), StepForm, runs.take_wake, sign="bell"),
    StepSpec(
        "call",
        _("Take the call"),
        StepForm,
        runs.take_call,
        permission="case.read",
        sign="bell",
        submit=_("I am on it"),
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
    "sharing",
    "link",
    "receipt",
    "confidential",
)


def may_take(person: Person, case: Case, spec: StepSpec) -> bool:
    """Whether this person may take this step on this case."""
    return person.may(spec.permission, place_id=case.place_id, case_id=case.pk) or (
        case.owner_id == person.user_id and person.may(spec.permission)
    )
