"""Choosing a file, and saying which column is what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.interop.csvfiles.codec import FileRefusedError, limits
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import columns
from wellheard.interop.servicearea.codec import read_hospitals, read_year
from wellheard.interop.uploads.rules import Column, served_twice, used_of

KINDS = [
    (ImportBatch.Kind.COMMENTS.value, gettext_lazy("Comments, one a row")),
    (ImportBatch.Kind.RESPONSES.value, gettext_lazy("Survey responses, one a row")),
    (ImportBatch.Kind.VISITS.value, gettext_lazy("Visits (stays and appointments), one a row")),
    (ImportBatch.Kind.ADHERENCE.value, gettext_lazy("Days with medicine, one person a row")),
    (ImportBatch.Kind.COSTS.value, gettext_lazy("Costs, one month a row")),
    (ImportBatch.Kind.CMS.value, gettext_lazy("Published CMS results")),
    (ImportBatch.Kind.SHARE.value, gettext_lazy("Hospital Service Area file (CMS), one year")),
]
LABELS = {
    "text": gettext_lazy("The patient's words"),
    "received_at": gettext_lazy("When it came"),
    "place": gettext_lazy("Ward, clinic or desk"),
    "site": gettext_lazy("Hospital or site"),
    "rating": gettext_lazy("Rating"),
    "question": gettext_lazy("What was asked"),
    "question_type": gettext_lazy("Kind of question"),
    "language": gettext_lazy("Language"),
    "comment_id": gettext_lazy("Number of the comment"),
    "respondent_id": gettext_lazy("Number of the person"),
    "response_id": gettext_lazy("Number of the response"),
    "instrument": gettext_lazy("Questionnaire"),
    "mode": gettext_lazy("How it came"),
    "age_band": gettext_lazy("Age group"),
    "sex": gettext_lazy("Sex"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "payer": gettext_lazy("Payer"),
    "comment": gettext_lazy("The patient's words"),
    "visit_id": gettext_lazy("Number of the visit"),
    "kind": gettext_lazy("Kind of visit"),
    "status": gettext_lazy("Where the visit stands"),
    "booked_at": gettext_lazy("When it was booked"),
    "scheduled_at": gettext_lazy("When it is planned"),
    "arrived_at": gettext_lazy("When the patient came"),
    "ended_at": gettext_lazy("When it ended"),
    "discharge_to": gettext_lazy("Where the patient went"),
    "service_line": gettext_lazy("Service line"),
    "distance_km": gettext_lazy("Kilometres from home"),
    "exclusion": gettext_lazy("Why not to be surveyed"),
    "age": gettext_lazy("Age in years"),
    "born_on": gettext_lazy("Date of birth"),
    "died_on": gettext_lazy("Date of death"),
    "patient_id": gettext_lazy("The hospital's number of the patient"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Mobile number"),
    "address": gettext_lazy("Home address"),
    "starts_on": gettext_lazy("First day of the span"),
    "days": gettext_lazy("Days in the span"),
    "days_covered": gettext_lazy("Days with medicine"),
    "reminded": gettext_lazy("Reminders were in force"),
    "design": gettext_lazy("How it came about who was reminded"),
    "programme": gettext_lazy("Name of the reminders"),
    "medicine": gettext_lazy("Medicine"),
    "month": gettext_lazy("Month"),
    "title": gettext_lazy("What the amount is of"),
    "amount": gettext_lazy("Amount"),
    "unit": gettext_lazy("Unit"),
    "n": gettext_lazy("Counted over how many"),
    "source": gettext_lazy("Where it comes from"),
}
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".gz")
_SHOWN = 40


class UploadForm(forms.Form):
    """What a file holds, and the file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What does the file hold?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what the file holds.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "max_length": gettext_lazy("The name of the file is too long. Give it a shorter one."),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse by size and ending first, as that needs no reading."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        most = limits()["largest_upload_bytes"]
        if not file.size:
            raise forms.ValidationError(_("This file is empty. Look whether it was saved."))
        if file.size > most:
            raise forms.ValidationError(
                _(
                    "This file is larger than %(most)s MB. Split it, send it as .gz, or let "
                    "whoever runs Wellheard import it from the console."
                )
                % {"most": most // 1_000_000}
            )
        if not (file.name or "").lower().endswith(_ENDINGS):
            raise forms.ValidationError(
                _("This is not a table. Save it as CSV (UTF-8) or XLSX and choose that file.")
            )
        return file


class ColumnsForm(forms.Form):
    """For each column of ours, the column of the file that serves it."""

    def __init__(
        self,
        kind: str,
        ours: Sequence[str],
        theirs: Sequence[Column],
        guess: Mapping[str, str],
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self._needed = columns()["needed"][kind]
        offered = [(column.name, _words(column)) for column in theirs]
        for name in ours:
            needed = name in self._needed
            none = _("Choose a column") if needed else _("None")
            self.fields[name] = forms.ChoiceField(
                label=LABELS.get(name, name),
                help_text=name if name in LABELS else "",
                choices=[("", none), *offered],
                required=needed,
                initial=guess.get(name, ""),
                error_messages={
                    "required": _("Choose the column that holds the words.")
                    if name == "text"
                    else _("Choose the column that holds this.")
                },
            )

    @property
    def needed(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self._needed]

    @property
    def further(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self._needed]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        twice = served_twice(used_of(data))
        for ours, theirs in used_of(data).items():
            if theirs in twice:
                self.add_error(ours, _("“%s” is chosen more than once.") % theirs)
        return data

    def used(self) -> dict[str, str]:
        """Our columns and the file's, as chosen."""
        return used_of(self.cleaned_data)


class ShareForm(forms.Form):
    """Of which year a Hospital Service Area file is, and which hospitals in it are ours."""

    year = forms.CharField(
        label=gettext_lazy("Year of the file"),
        max_length=4,
        error_messages={"required": gettext_lazy("Say the year of the file.")},
    )
    ours = forms.CharField(
        label=gettext_lazy("CMS numbers of our hospitals"),
        max_length=400,
        error_messages={"required": gettext_lazy("Say the CMS number of each of our hospitals.")},
    )

    def clean_year(self) -> str:
        return str(self._read(read_year, "year"))

    def clean_ours(self) -> str:
        return ", ".join(self._read(read_hospitals, "ours"))

    def _read(self, reading: Callable[[str], Any], name: str) -> Any:
        try:
            return reading(self.cleaned_data[name])
        except FileRefusedError as error:
            words = str(error)
            raise forms.ValidationError(f"{words[:1].upper()}{words[1:]}.") from error


def _words(column: Column) -> str:
    """The heading with its first filled cell, so that nobody has to open the file again."""
    if not column.samples:
        return _("%s (empty)") % column.name
    sample = " ".join(column.samples[0].split())
    shown = sample if len(sample) <= _SHOWN else f"{sample[:_SHOWN]}…"
    return f"{column.name}: {shown}"
