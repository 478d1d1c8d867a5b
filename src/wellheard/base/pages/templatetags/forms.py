"""Fields of a Django form as the design system draws them, and the error summary above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.base.pages.templatetags.registry import register

# Django derives CheckboxSelectMultiple from RadioSelect, so this covers both.
CHOICES = forms.RadioSelect


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: the words, and the field they lead to ("" for none)."""

    words: str
    target: str


@register.inclusion_tag("wellheard/parts/error_summary.html")
def error_summary(*given: BaseForm) -> dict[str, Any]:
    """Everything that is wrong in one or more forms, at the top of the page.

    Draws nothing while nothing is wrong, so a page may always carry it.
    """
    return {"problems": [problem for form in given for problem in problems_of(form)]}


@register.simple_tag
def error_prefix(*given: BaseForm) -> str:
    """``Error: `` before the page's title when a form has problems: it is heard first."""
    return _("Error: ") if any(form.errors for form in given) else ""


@register.simple_tag
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    why: str = "",
    kind: str = "",
    heading: bool = False,
    optional: bool = False,
    maximum: int = 0,
    classes: str = "",
    low: str = "",
    high: str = "",
) -> SafeString:
    """Label, hint, error and control of one form field, wired together for screen readers.

    The widget decides the drawing: radio buttons and tick-box lists become tiles, one tick box a
    tick, everything else an input under its label.

    - ``heading``: the label is the page's h1 (one question per page).
    - ``kind="scale"``: tiles in a row for 0-10, with ``low`` and ``high`` said at the ends.
    - ``why``: a disclosure that says why we ask.
    - ``maximum``: a letter count under a text area.
    """
    widget = bound.field.widget
    context = {
        "bound": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "why": why,
        "heading": heading,
        "optional": optional,
        "maximum": figures.number(maximum) if maximum else "",
        "limit": maximum,
        "classes": classes,
        "low": low,
        "high": high,
        "scale": kind == "scale",
        "errors": list(bound.errors),
    }
    if bound.is_hidden:
        return SafeString(str(bound))
    if isinstance(widget, CHOICES):
        return choices(context, bound)
    if isinstance(widget, forms.CheckboxInput):
        return tick(context, bound)
    return single(context, bound)


def single(context: dict[str, Any], bound: BoundField) -> SafeString:
    """An input, select or text area under its label."""
    return render_to_string(
        "wellheard/parts/field.html",
        context | {"control": bound.as_widget(attrs=described(context, bound))},
    )


def choices(context: dict[str, Any], bound: BoundField) -> SafeString:
    """Radio buttons or tick boxes as tiles inside a fieldset."""
    kind = bound.field.widget.input_type
    options = [
        {
            "id": option.id_for_label,
            "name": option.data["name"],
            "value": option.data["value"],
            "label": option.choice_label,
            "checked": option.data["selected"],
        }
        for option in bound.subwidgets
    ]
    return render_to_string(
        "wellheard/parts/tiles.html",
        context | {"options": options, "kind": kind, "describedby": describing(context, bound)},
    )


def tick(context: dict[str, Any], bound: BoundField) -> SafeString:
    """One tick box beside its words."""
    return render_to_string(
        "wellheard/parts/tick.html",
        context | {"control": bound.as_widget(attrs=described(context, bound))},
    )


def described(context: dict[str, Any], bound: BoundField) -> dict[str, Any]:
    """The attributes that tie a control to its hint and its error."""
    attributes: dict[str, Any] = {}
    if named := describing(context, bound):
        attributes["aria-describedby"] = named
    if context["errors"]:
        attributes["aria-invalid"] = "true"
    if context["maximum"]:
        attributes["data-count"] = f"{bound.auto_id}_count"
    return attributes


def describing(context: dict[str, Any], bound: BoundField) -> str:
    """The ids of hint, error and count, in the order they are read."""
    names = {"hint": context["hint"], "error": context["errors"], "count": context["maximum"]}
    return " ".join(f"{bound.auto_id}_{name}" for name, there in names.items() if there)


def problems_of(form: BaseForm) -> list[Problem]:
    """One line per error, each leading to the first control of its field."""
    found = [Problem(str(words), "") for words in form.non_field_errors()]
    for bound in form:
        found += [Problem(str(words), first_control(bound)) for words in bound.errors]
    return found


def first_control(bound: BoundField) -> str:
    """The id of the control that a summary link should move the focus to."""
    if isinstance(bound.field.widget, CHOICES):
        return f"{bound.auto_id}_0"
    return str(bound.id_for_label or bound.auto_id)
