"""The form that makes a segmentation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from wellheard.understand.segments.actions import NewVersion
from wellheard.understand.segments.models import SegmentVersion


class VersionForm(forms.Form):
    """A name and a purpose, and either groups by one attribute or questions and a number."""

    title = forms.CharField(max_length=80)
    purpose = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(choices=SegmentVersion.Kind.choices)
    attribute = forms.CharField(max_length=16, required=False)
    segments = forms.CharField(max_length=2000, required=False)
    items = forms.MultipleChoiceField(required=False)
    k = forms.IntegerField(min_value=2, max_value=6, required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["items"].choices = items  # type: ignore[attr-defined]  # a choice field

    def clean_segments(self) -> list[dict[str, Any]]:
        """One segment per line: a name, a colon, its groups with commas."""
        found = []
        for line in self.cleaned_data["segments"].splitlines():
            if not line.strip():
                continue
            name, colon, groups = line.partition(":")
            if not colon:
                raise forms.ValidationError(_("Write each line as Name: group, group"))
            parts = [part.strip() for part in groups.split(",") if part.strip()]
            found.append({"name": name.strip()[:60], "groups": parts})
        return found

    @property
    def new_version(self) -> NewVersion:
        """What was asked for."""
        given = self.cleaned_data
        definition: dict[str, Any] = {
            "attribute": given["attribute"],
            "segments": given["segments"],
        }
        if given["kind"] == SegmentVersion.Kind.CLUSTERS:
            definition = {
                "instrument": "pulse",
                "items": given["items"],
                "k": given["k"] or 3,
                "seed": 7,
            }
        code = slugify(given["title"])[:40] or "segments"
        return NewVersion(code, given["title"], given["kind"], definition, given["purpose"])
