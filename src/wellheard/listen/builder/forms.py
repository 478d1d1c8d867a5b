"""Forms of the builder: each works without JavaScript and says what is wrong beside the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.builder.actions import ready_scales
from wellheard.listen.builder.editing import Question, answer_lines, code_from, row_lines
from wellheard.listen.surveys.dimensions import dimensions
from wellheard.listen.surveys.order import MIXABLE
from wellheard.listen.surveys.rules import CHOOSING

KINDS = {
    "scale": gettext_lazy("A scale, such as never to always or 0 to 10"),
    "choice": gettext_lazy("One answer from a list"),
    "multiple": gettext_lazy("Several answers from a list"),
    "matrix": gettext_lazy("The same scale for several lines"),
    "ranking": gettext_lazy("Putting things in order"),
    "text": gettext_lazy("Own words"),
    "date": gettext_lazy("A day"),
    "file": gettext_lazy("A photo"),
    "voice": gettext_lazy("A recording"),
}
_LONGEST = 2_000
_CONDITIONS = ("1", "2")
_HOW = (
    ("in", gettext_lazy("was answered with one of")),
    ("not_in", gettext_lazy("was not answered with any of")),
    ("answered", gettext_lazy("was answered at all")),
)


class BeginForm(forms.Form):
    """A new survey."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    intro = forms.CharField(
        label=gettext_lazy("First page"),
        help_text=gettext_lazy("What it is about, how long it takes, what the answers are for."),
        widget=forms.Textarea({"rows": 3}),
        max_length=_LONGEST,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=settings.LANGUAGES,
        initial=["en"],
        widget=forms.CheckboxSelectMultiple,
    )

    def code(self) -> str:
        """The short name, from the title."""
        return code_from(self.cleaned_data["title"], frozenset())


class SettingsForm(forms.Form):
    """What is asked of a survey as a whole before it can be published."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    intro = forms.CharField(
        label=gettext_lazy("First page"), widget=forms.Textarea({"rows": 3}), max_length=_LONGEST
    )
    owner = forms.CharField(
        label=gettext_lazy("Who answers for it"),
        help_text=gettext_lazy("A person or a role. They are asked when the review date comes."),
        max_length=120,
    )
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again by"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(
        label=gettext_lazy("Where the questions come from"),
        widget=forms.Textarea({"rows": 2}),
        max_length=_LONGEST,
    )


class QuestionForm(forms.Form):
    """One question of a given kind, in the first language of the survey."""

    text = forms.CharField(
        label=gettext_lazy("Question"), widget=forms.Textarea({"rows": 2}), max_length=_LONGEST
    )
    hint = forms.CharField(
        label=gettext_lazy("Help below the question"), required=False, max_length=_LONGEST
    )
    scale = forms.ChoiceField(label=gettext_lazy("Answers"), required=False)
    answers = forms.CharField(
        label=gettext_lazy("Own answers"),
        help_text=gettext_lazy(
            "One a line, such as “1 = Never”. Begin with ! when it cannot go with others."
        ),
        widget=forms.Textarea({"rows": 5}),
        required=False,
        max_length=4_000,
    )
    rows = forms.CharField(
        label=gettext_lazy("Lines"),
        help_text=gettext_lazy("One a line, such as “nurses = The nurses”."),
        widget=forms.Textarea({"rows": 4}),
        max_length=4_000,
    )
    low = forms.CharField(
        label=gettext_lazy("Words at the lowest number"), required=False, max_length=120
    )
    high = forms.CharField(
        label=gettext_lazy("Words at the highest number"), required=False, max_length=120
    )
    not_applicable = forms.CharField(
        label=gettext_lazy("Answer for those it does not concern"), required=False, max_length=120
    )
    top_box = forms.CharField(
        label=gettext_lazy("Numbers counted as the best answer"), required=False, max_length=60
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Better is"),
        choices=(
            ("higher", gettext_lazy("a higher number")),
            ("lower", gettext_lazy("a lower number")),
            ("none", gettext_lazy("neither: it only tells people apart")),
        ),
    )
    shuffle = forms.BooleanField(
        label=gettext_lazy("Show the answers in another order to each person"), required=False
    )
    mix = forms.CharField(
        label=gettext_lazy("Mix with the questions of this group"),
        help_text=gettext_lazy("Questions with the same word here change places."),
        required=False,
        max_length=20,
    )
    code = forms.CharField(
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("Small letters and _. Leave it empty and we make one."),
        required=False,
        max_length=32,
    )
    join = forms.ChoiceField(
        label=gettext_lazy("When there are two conditions"),
        choices=(("all", gettext_lazy("both must hold")), ("any", gettext_lazy("one is enough"))),
        required=False,
    )
    dimension = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    process = forms.CharField(
        label=gettext_lazy("Which process it judges"), required=False, max_length=120
    )
    lever = forms.CharField(
        label=gettext_lazy("What can be changed when it is low"), required=False, max_length=200
    )
    owner = forms.CharField(label=gettext_lazy("Who can change it"), required=False, max_length=120)

    def __init__(
        self, data: Any = None, *, kind: str, definition: Mapping[str, Any], code: str = ""
    ) -> None:
        self.kind, self.definition, self.old_code = kind, definition, code
        items = {item["code"]: item for item in definition["items"]}
        self.item: Mapping[str, Any] = items.get(code, {})
        super().__init__(data, initial=self._initial())
        self._choose_scales()
        about = [("", "–"), *dimensions().items()]
        _choices(self.fields["dimension"], about)
        self._ask_conditions(list(items))
        for name in self._useless():
            del self.fields[name]

    def question(self) -> Question:
        """What was filled in."""
        data = self.cleaned_data
        taken = frozenset(item["code"] for item in self.definition["items"])
        code = data["code"] or self.old_code or code_from(data["text"], taken)
        return Question(
            code=code,
            kind=self.kind,
            text=data["text"],
            hint=data["hint"],
            scale=data.get("scale", ""),
            answers=data.get("answers", ""),
            rows=data.get("rows", ""),
            low=data.get("low", ""),
            high=data.get("high", ""),
            not_applicable=data.get("not_applicable", ""),
            top_box=data.get("top_box") or (),
            direction=data.get("direction") or "none",
            ask_if=self._condition(),
            more={
                key: data.get(key)
                for key in ("shuffle", "mix", "dimension", "process", "lever", "owner")
            },
        )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code and not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            raise forms.ValidationError(_("Use small letters, numbers and _ only."))
        return code

    def clean_top_box(self) -> tuple[int, ...]:
        return _numbers(self.cleaned_data["top_box"])

    def clean(self) -> dict[str, Any]:
        for n in _CONDITIONS:
            item, how = self.cleaned_data.get(f"if_{n}"), self.cleaned_data.get(f"how_{n}")
            if item and how != "answered" and not self.cleaned_data.get(f"values_{n}"):
                self.add_error(f"values_{n}", _("Write the numbers of the answers, such as 1, 2."))
        return self.cleaned_data

    def _initial(self) -> dict[str, Any]:
        first = next(iter(self.definition["title"]))
        item = self.item
        shown = {
            key: item[key].get(first, "")
            for key in ("text", "hint", "low", "high", "not_applicable")
            if key in item
        }
        plain = ("code", "direction", "shuffle", "mix", "dimension", "process", "lever", "owner")
        shown |= {key: item[key] for key in plain if key in item}
        shown |= {"top_box": ", ".join(str(value) for value in item.get("top_box", ()))}
        shown |= {"scale": item.get("scale", ""), "rows": row_lines(self.definition, item)}
        if item.get("scale") not in ready_scales():
            shown["answers"] = answer_lines(self.definition, item)
            shown["scale"] = ""
        return shown | self._initial_conditions(item.get("ask_if"))

    def _initial_conditions(self, logic: Mapping[str, Any] | None) -> dict[str, Any]:
        if not logic or not _fits_the_form(logic):
            return {}
        mode = next((mode for mode in ("all", "any") if mode in logic), "all")
        parts = logic.get(mode, [logic])
        shown: dict[str, Any] = {"join": mode}
        for n, part in zip(_CONDITIONS, parts, strict=False):
            how = next((key for key in ("in", "not_in") if key in part), "answered")
            shown |= {f"if_{n}": part.get("item", ""), f"how_{n}": how}
            shown[f"values_{n}"] = ", ".join(str(value) for value in part.get(how, ()) or ())
        return shown

    def _ask_conditions(self, codes: list[str]) -> None:
        before = codes[: codes.index(self.old_code)] if self.old_code in codes else codes
        names = {item["code"]: item for item in self.definition["items"]}
        first = next(iter(self.definition["title"]))
        options = [("", "–")] + [
            (code, f"{code}: {names[code]['text'].get(first, '')[:60]}") for code in before
        ]
        for n in _CONDITIONS:
            self.fields[f"if_{n}"] = forms.ChoiceField(
                label=_("Ask it only when"), choices=options, required=False
            )
            self.fields[f"how_{n}"] = forms.ChoiceField(
                label=_("How"), choices=_HOW, required=False
            )
            self.fields[f"values_{n}"] = _NumbersField(
                label=_("Numbers of the answers"), required=False, max_length=60
            )

    def _condition(self) -> dict[str, Any] | None:
        parts = []
        for n in _CONDITIONS:
            item, how = self.cleaned_data.get(f"if_{n}"), self.cleaned_data.get(f"how_{n}") or "in"
            if item and how == "answered":
                parts.append({"item": item, "answered": True})
            elif item:
                parts.append({"item": item, how: list(self.cleaned_data[f"values_{n}"])})
        if len(parts) > 1:
            return {self.cleaned_data.get("join") or "all": parts}
        if not parts and not _fits_the_form(self.item.get("ask_if")):
            return dict(self.item["ask_if"])
        return parts[0] if parts else None

    def _choose_scales(self) -> None:
        first = next(iter(self.definition["title"]))
        named = [("", _("Own answers (write them below)"))]
        for code, choices in ready_scales().items():
            words = [choice.get("words", {}).get(first, str(choice["value"])) for choice in choices]
            named.append((code, f"{words[0]} … {words[-1]}"))
        _choices(self.fields["scale"], named)

    def _useless(self) -> list[str]:
        """The fields that make no sense for this kind of question."""
        useless = set()
        if self.kind not in CHOOSING:
            useless |= {"scale", "answers", "not_applicable", "top_box", "direction"}
        if self.kind not in ("scale", "matrix"):
            useless |= {"low", "high", "scale"}
        if self.kind != "matrix":
            useless.add("rows")
        if self.kind not in MIXABLE:
            useless.add("shuffle")
        if self.kind in ("multiple", "ranking", "matrix"):
            useless |= {"top_box"} if self.kind != "matrix" else {"low", "high"}
        return sorted(useless)


class ProposeForm(forms.Form):
    """Why a draft should be published."""

    reason = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("It stands beside the version, and on charts that cross it."),
        max_length=500,
    )


class SignForm(forms.Form):
    """Putting one's name to the words of a language."""

    reviewer = forms.CharField(
        label=gettext_lazy("Read whole by"),
        help_text=gettext_lazy("Name and role of the person who reads this language well."),
        max_length=120,
    )


class TakeInForm(forms.Form):
    """A survey in a file."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet (XLSX) or FHIR Questionnaire (JSON)"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.json"}),
    )


class _NumbersField(forms.CharField):
    def clean(self, value: Any) -> tuple[int, ...]:
        return _numbers(super().clean(value))


def _fits_the_form(logic: Mapping[str, Any] | None) -> bool:
    """Whether a condition is one or two plain ones; others (from files) are left as they are."""
    if not logic or "item" in logic:
        return True
    parts = logic.get("all", logic.get("any", ()))
    return len(parts) <= len(_CONDITIONS) and all("item" in part for part in parts)


def _numbers(text: str) -> tuple[int, ...]:
    parts = re.split(r"[,; ]+", text.strip()) if text.strip() else []
    if not all(re.fullmatch(r"-?\d{1,3}", part) for part in parts):
        raise forms.ValidationError(_("Write numbers with commas between them, such as 9, 10."))
    return tuple(int(part) for part in parts)


def _choices(field: forms.Field, options: Any) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = options
