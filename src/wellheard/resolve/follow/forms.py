"""The pages of the complaint form and of the page on which a person follows a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wellheard.people.patients.rules import ContactNotUnderstoodError, read_email, read_phone
from wellheard.people.places.models import Organisation, Place
from wellheard.resolve.complaints import rulebook

LONGEST_STORY = 10_000


def words(label: Any, *, rows: int) -> forms.CharField:
    """A text area that may stay empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


def line(label: Any, *, most: int = 200) -> forms.CharField:
    """One line of text that may stay empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class PageForm(forms.Form):
    """One page of the complaint form, in one organisation and one language."""

    def __init__(self, *args: Any, organisation: Organisation, language: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.organisation, self.spoken = organisation, language
        self.prepare()

    def prepare(self) -> None:
        """Fill choices; for subclasses."""


class AboutForm(PageForm):
    subjects = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    place = forms.ChoiceField(required=False)

    def prepare(self) -> None:
        subjects, place = self.fields["subjects"], self.fields["place"]
        assert isinstance(subjects, forms.MultipleChoiceField)
        assert isinstance(place, forms.ChoiceField)
        subjects.choices = [
            (code, self._label(row)) for code, row in rulebook.subjects().items() if row["on_form"]
        ]
        places = Place.objects.of(self.organisation.pk).open().select_related("site")
        by_site: dict[str, list[tuple[str, str]]] = {}
        for one in places:
            by_site.setdefault(one.site.name, []).append((str(one.pk), one.name))
        place.choices = [("", _("I do not know, or no place")), *by_site.items()]

    def _label(self, row: dict[str, Any]) -> str:
        label: str = row["label"].get(self.spoken, row["label"]["en"])
        return label


class StoryForm(PageForm):
    text = forms.CharField(
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        error_messages={
            "required": _("Write what happened. A few words are enough."),
            "max_length": _("This is too long. Please shorten it a little."),
        },
    )
    wish = words(_("What would put it right for you?"), rows=3)


class WhoForm(PageForm):
    complainant = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            ("patient", _("I am the patient")),
            ("representative", _("I am a trusted person or carer, and the patient agrees")),
            ("other", _("I am somebody else")),
        ],
        error_messages={"required": _("Choose who you are.")},
    )
    name = line(_("Your name"))
    preferred_name = line(_("What should we call you?"), most=80)
    about_name = line(_("The patient's name, if you are not the patient"))


class ContactForm(PageForm):
    way = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            ("email", _("By e-mail")),
            ("sms", _("By text message")),
            ("page", _("Not at all: I will look at my own page")),
        ],
        error_messages={"required": _("Choose how we may answer.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    phone = forms.CharField(
        label=_("Mobile phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "dir": "ltr"}
        ),
    )
    language = forms.ChoiceField(
        label=_("Which language should we write in?"), choices=settings.LANGUAGES
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("way") == "email":
            self._check("email", _("Write your e-mail address, like name@example.org."))
        if data.get("way") == "sms":
            self._check("phone", _("Write your mobile number, with the country code if needed."))
        return data

    def _check(self, name: str, problem: Any) -> None:
        try:
            if name == "email":
                read_email(self.cleaned_data.get("email", ""))
            else:
                read_phone(self.cleaned_data.get("phone", ""), self.organisation.country)
        except ContactNotUnderstoodError:
            self.add_error(name, problem)


class EnterForm(forms.Form):
    """Reference and code, for those who have no link."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        help_text=_("It begins with C-"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the reference.")},
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Eight letters and numbers"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the code.")},
    )


class AdditionForm(forms.Form):
    text = forms.CharField(
        label=_("What would you like to add?"),
        max_length=LONGEST_STORY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    file = forms.FileField(
        label=_("A picture, recording or PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,audio/*,application/pdf"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("text", "").strip() and not data.get("file"):
            self.add_error("text", _("Write something, or choose a file."))
        return data


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label=_("Would you tell us why?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class NotResolvedForm(forms.Form):
    why = forms.CharField(
        label=_("What is still not right?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": _("Write what is still not right. A few words are enough.")},
    )


_FIVE = [
    ("5", _("Yes, fully")),
    ("4", _("Mostly")),
    ("3", _("In part")),
    ("2", _("Hardly")),
    ("1", _("Not at all")),
]


def _one_to_five(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=_FIVE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )


class RatingForm(forms.Form):
    """Interactional, procedural and distributive justice, one question each."""

    respect = _one_to_five(_("Did we treat you with respect?"))
    process = _one_to_five(_("Was the way we handled it fair and easy?"))
    outcome = _one_to_five(_("Was the result fair?"))
    words = forms.CharField(
        label=_("Is there something you want to tell us about it?"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


FORMS: dict[str, type[PageForm]] = {
    "about": AboutForm,
    "story": StoryForm,
    "who": WhoForm,
    "contact": ContactForm,
}
