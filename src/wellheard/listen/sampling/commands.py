"""``wellheard sample``: plans and draws from the console, for people and for programs."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import Any

import click

from wellheard.people.places.console import chosen_organisation

REFUSED = 2
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_ORGANISATION = click.option("--organisation", default="", help="Its short name, when several.")


@click.group()
def sample() -> None:
    """See what plans would draw, draw, and see how waves stand."""


@sample.command()
@_ORGANISATION
@_JSON
def plans(organisation: str, as_json: bool) -> None:
    """Every plan and how it stands."""
    home = chosen_organisation(organisation)
    from wellheard.listen.sampling.models import SamplePlan
    from wellheard.listen.sampling.queries import plan_state

    told = [
        {
            "plan": plan.pk,
            "name": plan.name,
            "state": plan_state(plan),
            "instrument": plan.instrument,
            "eligibility": plan.eligibility,
            "sequence": plan.sequence,
            "size": plan.size,
        }
        for plan in SamplePlan.objects.filter(organisation=home)
    ]
    _tell(told, as_json, lambda row: f"{row['plan']}  {row['name']} ({row['state']})")


@sample.command()
@click.argument("plan_id", type=int)
@click.option("--span", required=True, type=click.DateTime(["%Y-%m-%d"]), help="A day of it.")
@click.option("--dry-run", is_flag=True, help="Only count; ask nobody.")
@_ORGANISATION
@_JSON
def draw(plan_id: int, span: datetime, dry_run: bool, organisation: str, as_json: bool) -> None:
    """Draw the month or week that holds a day, of the running plan PLAN_ID, and begin to ask."""
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.listen.sampling import actions
    from wellheard.listen.sampling.models import SamplePlan

    plan = SamplePlan.objects.filter(organisation=home, pk=plan_id).first()
    if plan is None:
        raise click.ClickException(f"there is no plan {plan_id}")
    now, day = timezone.now(), span.date()
    try:
        if dry_run:
            told = _previewed(actions.preview_draw(plan, day, at=now))
        else:
            by = Actor.system(home.pk, "console")
            told = _drawn(actions.draw_wave(plan, day, by=by, at=now))
    except actions.PlanError as error:
        _tell([{"ok": False, "why": error.code}], as_json, lambda row: f"refused: {row['why']}")
        sys.exit(REFUSED)
    _tell([told], as_json, lambda row: f"{row['drawn']} drawn of {row['eligible']} eligible.")


@sample.command()
@click.argument("wave_id", type=int)
@_ORGANISATION
@_JSON
def status(wave_id: int, organisation: str, as_json: bool) -> None:
    """How the wave WAVE_ID stands, with its response rates by name."""
    home = chosen_organisation(organisation)
    from wellheard.listen.sampling.models import Wave
    from wellheard.listen.sampling.queries import wave_figures

    wave = Wave.objects.filter(organisation=home, pk=wave_id).first()
    if wave is None:
        raise click.ClickException(f"there is no wave {wave_id}")
    found = wave_figures(wave.members.all())
    counts = (
        "drawn", "sent", "opened", "started", "finished", "partial", "refused", "undeliverable",
        "ineligible", "open",
    )  # fmt: skip
    told: dict[str, Any] = {name: getattr(found, name) for name in counts}
    told["rates"] = {
        each.code: {
            "rate": each.rate.estimate,
            "low": each.rate.low,
            "high": each.rate.high,
            "counted": each.counted,
            "of": each.of,
        }
        for each in found.rates
        if each.rate is not None
    }
    _tell([told], as_json, lambda row: "\n".join(f"{n}: {row[n]}" for n in counts))


@sample.command()
@_ORGANISATION
@_JSON
def health(organisation: str, as_json: bool) -> None:
    """Whether every feed still speaks. Exit 1 when one is silent."""
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.listen.sampling.queries import feeds

    found = feeds(home, now=timezone.now())
    told = [
        {
            "feed": feed.code,
            "last_at": feed.last_at.isoformat(),
            "last_day": feed.last_day,
            "usual_a_day": round(feed.usual, 2),
            "lag_hours": feed.lag,
            "silent": feed.silent,
        }
        for feed in found
    ]
    _tell(told, as_json, lambda row: f"{row['feed']}: {'SILENT' if row['silent'] else 'speaks'}")
    if any(feed.silent for feed in found):
        sys.exit(1)


def _previewed(seen: Any) -> dict[str, Any]:
    return {
        "ok": True,
        "frame": seen.frame.visits,
        "eligible": len(seen.frame.candidates),
        "homes": seen.draw.homes,
        "drawn": len(seen.draw.chosen),
        "left_out": dict(seen.frame.left_out),
        "strata": {name: list(counts) for name, counts in seen.draw.strata.items()},
    }


def _drawn(wave: Any) -> dict[str, Any]:
    return {
        "ok": True,
        "wave": wave.pk,
        "starts_on": _iso(wave.starts_on),
        "frame": wave.frame,
        "eligible": wave.eligible,
        "homes": wave.homes,
        "drawn": wave.members.count(),
        "left_out": wave.left_out,
        "strata": wave.strata,
        "seed": wave.seed,
    }


def _iso(day: date) -> str:
    return day.isoformat()


def _tell(rows: list[dict[str, Any]], as_json: bool, line: Any) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(line(row))
