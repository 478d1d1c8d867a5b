"""The themes there are, with their names and groups, in the reader's language."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language, gettext

from wellheard.measures.text.groups import STAFF, load_groups
from wellheard.measures.text.taxonomy import NHS, WARD_LIFE, Theme, load_taxonomy, theme_names
from wellheard.understand.themes.models import OwnTheme

# Codes of a site's own themes begin so; the organisation's number follows.
OWN = "own-"
# Says that there was nothing to label: true, and nothing to act on.
WITHOUT_TOPIC = frozenset({"labelling_not_possible"})


@cache
def themes_by_code() -> dict[str, Theme]:
    """Every theme a comment can carry."""
    return {theme.code: theme for code in (NHS, WARD_LIFE) for theme in load_taxonomy(code)}


def theme_name(code: str) -> str:
    """The theme's name in the reader's language; the code of a theme that is no longer known."""
    names = theme_names().get(code)
    if names is None:
        return _own_name(code) if code.startswith(OWN) else code
    return names.get((get_language() or "en")[:2], names["en"])


@cache
def group_names() -> dict[str, dict[str, str]]:
    """Names by language of the theme groups, by code, in their order."""
    return {
        group: dict(names)
        for code in (WARD_LIFE, NHS)
        for group, names in load_taxonomy(code).groups.items()
    }


def staff_group_names() -> dict[str, str]:
    """Names of the groups of staff that comments name, by code, in the reader's language."""
    language = (get_language() or "en")[:2]
    groups = load_groups(STAFF)
    return {code: names.get(language, names["en"]) for code, names in groups.items()}


def own_themes(organisation_id: int) -> dict[str, str]:
    """Names of the themes a site taught, by code, as their newest version says."""
    rows = OwnTheme.objects.filter(organisation_id=organisation_id).order_by("version")
    return dict(rows.values_list("code", "name"))


def _own_name(code: str) -> str:
    newest = OwnTheme.objects.filter(code=code).order_by("-version").first()
    return newest.name if newest else code


def themes_in_groups(
    organisation_id: int | None = None,
) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group name, its (code, name)) for a chooser, in the reader's language; a site's own themes
    first where it is given."""
    own = own_themes(organisation_id) if organisation_id else {}
    mine = [(gettext("Your own themes"), list(own.items()))] if own else []
    return [*mine, *_shipped_in_groups()]


def _shipped_in_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    language = (get_language() or "en")[:2]
    return [
        (
            names.get(language, names["en"]),
            [(t.code, theme_name(t.code)) for t in themes_by_code().values() if t.group == group],
        )
        for group, names in group_names().items()
    ]
