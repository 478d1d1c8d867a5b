"""Keying paper cards: thirty on one screen, from the keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from wellheard.base.vault.sealing import new_token
from wellheard.listen.keying.actions import enter_cards
from wellheard.listen.keying.rules import Row, doubles, read_rows
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_either
from wellheard.people.places.models import Place


class BatchForm(forms.Form):
    """What all cards of a batch have in common."""

    place = forms.ModelChoiceField(label=gettext_lazy("Place"), queryset=Place.objects.none())
    filled_on = forms.DateField(
        label=gettext_lazy("Taken from the box on"), widget=forms.DateInput({"type": "date"})
    )
    batch = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, data: Any, *, places: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places

    def clean_filled_on(self) -> Any:
        day = self.cleaned_data["filled_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


@require_http_methods(["GET", "POST"])
@requires("card.enter")
def enter(request: StaffRequest) -> HttpResponse:
    """The batch: keyed, checked, kept, and then shown with what was told before."""
    person = request.person
    places = (
        Place.objects.of(person.organisation_id)
        .open()
        .within(person.places("card.enter"))
        .select_related("site", "organisation")
    )
    if request.method != "POST":
        first = {"filled_on": timezone.localdate(), "batch": new_token(), **_only(places)}
        return _batch_page(request, BatchForm(None, places=places, initial=first), read_rows({}))
    form = BatchForm(request.POST, places=places)
    rows = [_checked(row, places) for row in read_rows(request.POST.dict())]
    if not form.is_valid() or any(row.wrong for row in rows):
        return _batch_page(request, form, rows, status=422)
    keyed = [row for row in rows if not row.is_empty]
    if not keyed:
        form.add_error(None, _("Key at least one card before you keep the batch."))
        return _batch_page(request, form, rows, status=422)
    place = form.cleaned_data["place"]
    now = timezone.now()
    entered = enter_cards(
        keyed,
        place=place,
        batch=form.cleaned_data["batch"],
        received_at=min(now, _noon(form.cleaned_data["filled_on"], place.site.zone)),
        by=person.actor,
        at=now,
    )
    twice = doubles(keyed)
    lines = [
        {"row": each.row, "comment": each.comment, "twice": twice.get(each.row.number)}
        for each in entered
    ]
    copies = sum(each.comment.duplicate_of_id is not None for each in entered)
    return render(
        request,
        "keying/entered.html",
        {"lines": lines, "place": place, "count": len(lines), "copies": copies},
    )


def _batch_page(
    request: StaffRequest, form: BatchForm, rows: list[Row], *, status: int = 200
) -> HttpResponse:
    problems = [
        {
            "words": _("Card %(number)s: %(why)s") % {"number": row.number, "why": words},
            "target": f"{column}_{row.number}",
        }
        for row in rows
        for column, words in _problem_words(row.wrong).items()
    ]
    problems += [
        {"words": str(words), "target": f"id_{name}" if name != "__all__" else "rating_1"}
        for name, found in form.errors.items()
        for words in found
    ]
    context = {
        "batch_form": form,
        "rows": [{"row": row, "wrong": _problem_words(row.wrong)} for row in rows],
        "languages": settings.LANGUAGES,
        "problems": problems,
    }
    return render(request, "keying/enter.html", context, status=status)


def _problem_words(wrong: Mapping[str, str]) -> dict[str, str]:
    words = {
        "rating": _("The mark is 1 to 5, or empty."),
        "empty": _("A name alone is no card. Key the mark or the words."),
        "long": _("These words are too long for one card."),
        "contact": _("This is neither an e-mail address nor a phone number."),
    }
    return {column: words[code] for column, code in wrong.items()}


def _checked(row: Row, places: Any) -> Row:
    """The row with a note when its contact cannot be read (numbers as in the places' country)."""
    first = places.first()
    if not row.contact or first is None:
        return row
    try:
        read_either(row.contact, first.organisation.country)
    except ContactNotUnderstoodError:
        wrong = {**row.wrong, "contact": "contact"}
        return Row(row.number, row.rating, row.language, row.story, row.name, row.contact, wrong)
    return row


def _only(places: Any) -> dict[str, Any]:
    """The place to begin with, when there is only one."""
    found = list(places[:2])
    return {"place": found[0]} if len(found) == 1 else {}


def _noon(day: Any, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
