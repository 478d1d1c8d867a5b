"""The form whose fields the design page shows; nothing is ever sent with it."""

from __future__ import annotations

from typing import Any

from django import forms


class SpecimenForm(forms.Form):
    """Every kind of field once, with words of the sample language."""

    use_required_attribute = False

    answer = forms.ChoiceField(widget=forms.RadioSelect)
    rating = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[(str(step), str(step)) for step in range(11)]
    )
    story = forms.CharField(widget=forms.Textarea, required=False)
    email = forms.EmailField()
    consent = forms.BooleanField(required=False)
    place = forms.ChoiceField(required=False)
    period = forms.ChoiceField(required=False)
    search = forms.CharField(required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    owner = forms.ChoiceField(required=False)
    tags = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, said: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "answer": said["answers"],
            "place": said["places"],
            "period": said["periods"],
            "owner": [said["person"], said["person2"], said["person3"]],
            "tags": said["tag_names"],
        }
        for name, words in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(str(place), word) for place, word in enumerate(words)]
        self.fields["answer"].error_messages["required"] = said["error_choose"]
        self.fields["email"].error_messages["invalid"] = said["error_email"]
        self.initial.update({"story": said["story_text"], "tags": ["1"]})
