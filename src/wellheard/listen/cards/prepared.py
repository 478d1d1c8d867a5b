"""Pages drawn once per language and place, with holes that each request fills.

A patient's page is nearly the same for everybody: its words, its place, its links. Drawing it
from the template costs a few milliseconds of processor time; filling its holes costs hundredths
of one. Anything unusual (an error, a list of files) is drawn from the same template directly.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

# Letters and digits only, so that a hole survives escaping and percent-encoding unchanged; drawn
# per process, so that nobody can type one.
_MARK = f"x{secrets.token_hex(12)}"
_HOLE = re.compile(f"{_MARK}([a-z]+(?:0[a-z0-9]+)?)z{_MARK}")


class Page:
    """A drawn page with named holes."""

    __slots__ = ("_names", "_parts")

    def __init__(self, text: str) -> None:
        pieces = _HOLE.split(text)
        self._parts, self._names = pieces[0::2], pieces[1::2]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The page with each hole's value, escaped. Raises KeyError for a hole without one."""
        out = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            out += (conditional_escape(values[name]), part)
        return "".join(out)


def hole(name: str) -> SafeString:
    """The mark that a template writes where a value will stand. ``name``: lower-case letters,
    and after a 0 also digits ("checked05")."""
    return SafeString(f"{_MARK}{name}z{_MARK}")


class Scene(Protocol):
    """What is the same on a page for everybody who opens it. Equal scenes draw equal pages."""

    def __hash__(self) -> int: ...

    def context(self) -> Mapping[str, Any]:
        """What the template is given, its words in the language then active."""
        ...


@lru_cache(maxsize=1024)
def prepared(template: str, language: str, path: str, holes: tuple[str, ...], scene: Scene) -> Page:
    """The page of a template in a language, with the named holes.

    ``path`` is the address it will be seen at (with holes in it), for its language links.
    """
    given = {name: hole(name) for name in holes}
    with translation.override(language):
        text = render_to_string(template, {**scene.context(), **given}, request=_asking(path))
    return Page(text)


def _asking(path: str) -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    request.path, _, request.META["QUERY_STRING"] = path.partition("?")
    request.path_info = request.path
    return request
