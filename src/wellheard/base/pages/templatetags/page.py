"""Tags of the page frames: the language switch, the sign, the dock on phones."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import translate_url
from django.utils import translation
from django.utils.translation import get_language_info

from wellheard.base.pages.templatetags.registry import register

DOCK_PLACES = 4


@register.inclusion_tag("wellheard/parts/languages.html", takes_context=True)
def language_switch(context: Context) -> dict[str, Any]:
    """Links to this very page in every language, each in its own name.

    A page may offer fewer by putting ``offered_languages`` (a list of codes) in its context.
    """
    request: HttpRequest | None = context.get("request")
    offered = context.get("offered_languages") or [code for code, _name in settings.LANGUAGES]
    here = translation.get_language() or settings.LANGUAGE_CODE
    return {"languages": [spoken(code, here, request) for code in offered]}


def spoken(code: str, here: str, request: HttpRequest | None) -> dict[str, Any]:
    """One entry of the language switch."""
    info = get_language_info(code)
    # The setting's own names first: Django's "العربيّة" carries a vowel mark that nobody writes.
    name = str(dict(settings.LANGUAGES).get(code, info["name_local"]))
    return {
        "code": code,
        "name": name,
        "dir": "rtl" if info["bidi"] else "ltr",
        "current": code == here,
        "url": address_in(code, request) if request else "",
    }


def address_in(code: str, request: HttpRequest) -> str:
    """This page's address in another language; where the path does not name one, a query does."""
    address = request.get_full_path()
    translated = translate_url(address, code)
    if translated != address or code == translation.get_language():
        return translated
    query = request.GET.copy()
    query["language"] = code
    return f"{request.path}?{query.urlencode()}"


@register.inclusion_tag("wellheard/parts/sign.html")
def sign() -> dict[str, Any]:
    """Our sign; decoration beside a name, so hidden from screen readers."""
    return {}


@register.simple_tag
def dock(groups: Any) -> list[dict[str, Any]]:
    """What a thumb should reach on a phone: items marked ``dock``, else the first ones."""
    items = [item for group in groups for item in group["items"]]
    marked = [item for item in items if item.get("dock")]
    return (marked or items)[:DOCK_PLACES]
