"""Forms for the steps of a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.people.staff.models import User
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.sharing import NEEDS_BASIS
from wellheard.resolve.complaints.forms.fields import (
    WAYS,
    Pairs,
    StepForm,
    line,
    numbered,
    pick,
    set_choices,
    words,
)
from wellheard.resolve.complaints.models import CasePerson, Closure
from wellheard.resolve.complaints.presenters.sharing import SHARING
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.queries.team import people_who_may_own


class NoteForm(StepForm):
    words = words(_("Note"), hint=_("It stays as you write it. You can amend it, never alter it."))


class AmendForm(StepForm):
    note = forms.IntegerField(widget=forms.HiddenInput)
    words = words(_("What the note should say"))
    why = line(_("Why"))


class PerspectiveForm(StepForm):
    words = words(
        _("How do they see it?"), hint=_("In their sense, also when it seems unreasonable.")
    )
    wish = line(_("What would put it right for them?"), required=False, most=1000)
    confirmed = forms.BooleanField(label=_("I read it back to them"), required=False)


class IssueForm(StepForm):
    words = line(_("One thing they raised"), most=1000)
    category = forms.ChoiceField(label=_("Category (HCAT)"), required=False)
    severity = forms.TypedChoiceField(
        label=_("Severity as they tell it"), required=False, coerce=int, empty_value=None
    )
    stage = forms.ChoiceField(label=_("Stage of care"), required=False)

    def prepare(self) -> None:
        coding = rulebook.coding()
        blank: Pairs = [("", _("Not coded yet"))]
        set_choices(
            self, "category", blank + [(r["code"], r["label"]) for r in coding["categories"]]
        )
        set_choices(self, "severity", blank + numbered(coding["severities"]))
        set_choices(self, "stage", blank + [(r["code"], r["label"]) for r in coding["stages"]])


class OutcomeForm(StepForm):
    issue = forms.ChoiceField(label=_("Issue"))
    outcome = pick(_("What did we find?"))
    finding = words(_("The finding, as the person will read it"))

    def prepare(self) -> None:
        issues = self.case.issues.filter(joined=False).prefetch_related("outcomes")
        undecided = sorted(issues, key=lambda issue: bool(issue.outcomes.all()))
        set_choices(self, "issue", [(str(i.pk), f"{i.number}. {i.words[:80]}") for i in undecided])
        outcomes = pack_of(self.case).outcomes
        set_choices(self, "outcome", [(choice.code, choice.label) for choice in outcomes])


class ContactForm(StepForm):
    way = pick(_("How?"), WAYS)
    reached = pick(_("Did you reach them?"), [("yes", _("Yes")), ("no", _("No, I tried"))])
    words = words(_("What was said"), required=False, rows=3)


class PlanForm(StepForm):
    accepted = pick(
        _("Did they want to talk about how we handle it?"),
        [("yes", _("Yes, agreed with them")), ("no", _("No, they leave it to us"))],
    )
    days = forms.IntegerField(
        label=_("Answer within how many days?"),
        min_value=1,
        max_value=365,
        help_text=_("It becomes a promise with its own clock."),
    )
    plan = words(_("What was agreed"), required=False, rows=3)


class ReviewForm(StepForm):
    safe_now = pick(
        _("Is the person safe now?"), [("yes", _("Yes")), ("no", _("No, or not known"))]
    )
    done = words(_("What was done"))
    incident_reference = line(_("Number in the incident system"), required=False, most=60)


class PromptForm(StepForm):
    prompt = forms.ChoiceField(label=_("Question"))
    answer = pick(_("Answer"), [("done", _("Done")), ("not_needed", _("Not needed"))])
    why = words(_("What was done, or why it is not needed"), rows=2)

    def prepare(self) -> None:
        set_choices(self, "prompt", [(p.code, p.says) for p in pack_of(self.case).prompts])


class AssignForm(StepForm):
    owner = forms.ModelChoiceField(label=_("New owner"), queryset=User.objects.none())
    why = line(_("Why"), required=False)

    def prepare(self) -> None:
        able = people_who_may_own(self.case, self.now)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[user.pk for user in able]).order_by("name")
        field.empty_label = _("Choose somebody")


class SnoozeForm(StepForm):
    until = pick(
        _("Until when?"),
        [
            ("hours", _("In four hours")),
            ("tomorrow", _("Tomorrow morning")),
            ("days", _("In three days")),
            ("week", _("In a week")),
        ],
    )
    why = line(_("Why"), required=False)


class TierForm(StepForm):
    tier = pick(_("Urgency"))
    why = line(_("Why"))

    def prepare(self) -> None:
        tiers = priority_in_force(self.case.organisation_id).tiers.values()
        set_choices(self, "tier", [(tier.code, tier.label) for tier in tiers])


class FactsForm(StepForm):
    subjects = forms.MultipleChoiceField(
        label=_("What is it about?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    complainant = pick(
        _("Who complains?"),
        [
            ("patient", _("The patient")),
            ("representative", _("Somebody who may speak for the patient")),
            ("other", _("Somebody else")),
            ("unknown", _("Not known")),
        ],
    )
    formal_request = forms.BooleanField(label=_("Asks for formal handling"), required=False)
    response_requested = forms.BooleanField(label=_("Asks for an answer"), required=False)
    resolved_by = pick(
        _("Was it settled on the spot?"),
        [
            ("", _("No")),
            ("staff_present", _("Yes, by staff present")),
            ("later", _("Settled later")),
        ],
        required=False,
    )
    harm = forms.TypedChoiceField(label=_("Harm as they tell it"), coerce=int)
    payer = forms.ChoiceField(
        label=_("Who pays for the care?"),
        choices=[
            ("unknown", _("Not known")),
            ("medicare", "Medicare"),
            ("other", _("Somebody else")),
        ],
    )
    why = line(_("Why (needed to lower the class)"), required=False, most=1000)

    def prepare(self) -> None:
        rows = rulebook.subjects()
        set_choices(self, "subjects", [(code, rulebook.subject_label(code)) for code in rows])
        set_choices(self, "harm", numbered(rulebook.coding()["harms"]))


class PersonForm(StepForm):
    part = pick(
        _("Part in the case"),
        [
            (CasePerson.Part.NAMED, _("Named in the complaint")),
            (CasePerson.Part.WITNESS, _("Witness")),
            (CasePerson.Part.FAMILY, _("Family")),
            (CasePerson.Part.HELPER, _("Helps the person")),
        ],
    )
    user = forms.ModelChoiceField(
        label=_("Member of staff"), queryset=User.objects.none(), required=False
    )
    name = line(_("Or a name"), required=False)
    may_hear = forms.BooleanField(
        label=_("The patient agrees that we talk with them"), required=False
    )

    def prepare(self) -> None:
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        staff = User.objects.filter(organisation_id=self.case.organisation_id, is_active=True)
        field.queryset = staff.order_by("name")
        field.empty_label = _("Nobody of our staff")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("user") and not data.get("name"):
            self.add_error("name", _("Choose a member of staff or write a name."))
        return data


class SharingForm(StepForm):
    state = pick(_("May we talk about the patient with whoever complains?"), list(SHARING.items()))
    basis = line(
        _("How did the patient agree, or which document did you see?"), required=False, most=500
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("state") in NEEDS_BASIS and not data.get("basis"):
            self.add_error("basis", _("Write how the patient agreed, or what you saw."))
        return data


class PromiseForm(StepForm):
    words = line(_("What do we promise?"), most=500)
    due_on = forms.DateField(
        label=_("By which day?"), widget=forms.DateInput(attrs={"type": "date"})
    )


class ReceiptForm(StepForm):
    received_on = forms.DateTimeField(
        label=_("When did it really arrive?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("An earlier moment makes things due earlier. A later one moves nothing."),
    )
    why = line(_("Why"))


class ConfidentialForm(StepForm):
    confidential = pick(
        _("Who may open this case?"),
        [("yes", _("Only those who need to know")), ("no", _("Everybody who works on cases here"))],
    )
    sensitivity = forms.ChoiceField(
        label=_("Label"),
        required=False,
        choices=[
            ("", _("None")),
            ("substance_use", _("Substance use")),
            ("mental_health", _("Mental health")),
            ("reproductive", _("Reproductive health")),
            ("minor", _("Care a minor agreed to alone")),
            ("staff_patient", _("Staff as patient")),
        ],
    )
    why = line(_("Why"))


class LinkForm(StepForm):
    reference = line(_("Reference of the first case"), most=20)
    why = line(_("Why is it the same matter?"))


class CloseForm(StepForm):
    reason = pick(_("How does it end?"))
    satisfied = pick(
        _("Is the person satisfied?"),
        [
            (Closure.Satisfied.YES, _("Yes")),
            (Closure.Satisfied.NO, _("No")),
            (Closure.Satisfied.UNKNOWN, _("We do not know")),
        ],
    )
    why = words(_("Why"), required=False, rows=2)

    def prepare(self) -> None:
        reasons = pack_of(self.case).closing_reasons
        set_choices(self, "reason", [(choice.code, choice.label) for choice in reasons])


class ReopenForm(StepForm):
    why = words(_("Why"), rows=2)
