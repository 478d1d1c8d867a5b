"""Themes of one's own, retraining and the site's own figures, from the console."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from wellheard.base.audit.actor import Actor

_PATH = click.Path(path_type=Path)
_YES = frozenset({"1", "yes", "true", "y", ""})


@click.group()
def themes() -> None:
    """Themes of your own, retraining, and how well comments are read here."""


@themes.command("teach")
@click.argument("name")
@click.argument("examples", type=_PATH)
@click.option("--description", default="", help="What belongs to the theme.")
@click.option("--organisation", "slug", default="", help="Which one, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def teach(name: str, examples: Path, description: str, slug: str, as_json: bool) -> None:
    """Teach the theme NAME from EXAMPLES, a CSV with the column text and, if it likes, about (1 or
    0). Twenty texts about it in different words are needed."""
    by = _console(slug)
    from django.utils import timezone

    from wellheard.understand.themes.teaching import TooFewExamplesError, teach_theme

    rows = _rows(examples)
    about = [r["text"] for r in rows if (r.get("about") or "").strip().lower() in _YES]
    other = [r["text"] for r in rows if (r.get("about") or "").strip().lower() not in _YES]
    try:
        theme = teach_theme(
            name, about=about, other=other, description=description, by=by, at=timezone.now()
        )
    except TooFewExamplesError as few:
        raise click.ClickException(str(few)) from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    found: dict[str, Any] = {
        "code": theme.code,
        "version": theme.version,
        "in_use": theme.is_said,
        **theme.quality,
    }
    _print(found, as_json)


@themes.command("retrain")
@click.option("--organisation", "slug", default="", help="Which one, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def retrain(slug: str, as_json: bool) -> None:
    """Learn from corrections and blind labels; what measured better is used from now on."""
    by = _console(slug)
    from django.utils import timezone

    from wellheard.understand.themes.teaching import TooFewExamplesError
    from wellheard.understand.themes.teaching import retrain as learn

    try:
        model = learn(by=by, at=timezone.now())
    except TooFewExamplesError as few:
        raise click.ClickException(f"{few.given} comments looked at; {few.needed} needed") from None
    found = {"version": model.version, "comments": model.comments, "themes": model.figures}
    _print(found, as_json)


@themes.command("quality")
@click.option("--organisation", "slug", default="", help="Which one, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def quality(slug: str, as_json: bool) -> None:
    """How well comments are read here, from the monthly samples labelled blind."""
    by = _console(slug)
    from django.utils import timezone

    from wellheard.understand.themes.sampling import site_quality

    found = site_quality(by.organisation_id, until=timezone.localdate())
    shown = {
        "labelled": found.labelled,
        "tones": asdict(found.tones),
        "themes": asdict(found.themes),
        "by_theme": {code: asdict(share) for code, share in found.by_theme.items()},
        "has_drifted": found.has_drifted,
        "routes_by_feeling": found.may_route,
    }
    _print(shown, as_json)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{path.name}: cannot be read ({error})") from None
    if not rows or "text" not in rows[0]:
        raise click.ClickException(f"{path.name}: needs a column text and at least one row")
    return [{key: value or "" for key, value in row.items() if key} for row in rows]


def _console(slug: str) -> Actor:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.console import chosen_organisation

    return Actor.system(chosen_organisation(slug).pk, "console")


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        click.echo(f"{name}: {value}")
