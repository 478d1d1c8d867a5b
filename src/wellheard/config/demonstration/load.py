"""Loading the demonstration hospital: once, in stages that each stand, deterministic by seed."""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wellheard.config.demonstration.answers import Answer, Plan
    from wellheard.config.demonstration.people import Hospital
    from wellheard.config.demonstration.stories import Story

SEED = 20261
_PORTION = 5_000


def main() -> None:
    """Load what is not loaded yet; a second start finds the mark and does nothing."""
    from wellheard.config.commands.bootstrap import ready

    ready()
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from wellheard.base.tables.making import make_database
    from wellheard.config.prepare import prepare

    mark = Path(settings.HOME) / "demonstration-loaded.json"
    if mark.exists():
        prepare()
        return
    _forget_a_half_loaded(Path(settings.DATABASES["default"]["NAME"]))
    began = time.monotonic()
    click.echo("Loading the demonstration hospital (once; about a minute):", err=True)
    make_database()
    # Copying and packing the static files asks for no database: the second core does it.
    static = subprocess.Popen([sys.executable, "-m", "wellheard.config.prepare"])
    try:
        _hurry()
        facts = load(timezone.now())
        connection.close()  # takes the journal's pages into the database
    finally:
        gathered = static.wait() == 0
    if not gathered:
        raise click.ClickException("the static files could not be gathered; see above")
    mark.write_text(json.dumps(facts), "utf-8")
    click.echo(f"  Loaded in {time.monotonic() - began:.0f} s.", err=True)


def _hurry() -> None:
    """No wait for the disk, room for the indexes: a loading that breaks off is thrown away."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA cache_size = -131072")
    # Hundreds of thousands of rows at a time and hardly a cycle among them.
    gc.set_threshold(200_000, 20, 100)


def load(now: datetime) -> dict[str, object]:
    """All stages. ``now``: the moment that "yesterday" and "eight weeks ago" count back from."""
    from wellheard.config.demonstration import (
        answers,
        appointments,
        asked,
        balance,
        cases,
        changes,
        expected,
        letters,
        market,
        outcomes,
        people,
        replies,
        stories,
        surveys,
        touchpoints,
        unnamed,
        voices,
    )
    from wellheard.config.demonstration.benchmarks import load_published
    from wellheard.config.demonstration.progress import stage

    random_ = random.Random(SEED)
    plan = people.plan_ending(now.date() - timedelta(days=1))
    with stage("Hospital, places and staff"):
        hospital = people.found_hospital(now)
        people.count_visits(hospital, plan, now, SEED)
    with stage(f"Drawing {plan.count:,} answers".replace(",", " ")):
        drawn = list(answers.draw(plan, SEED))
        told = stories.tell(plan, drawn, people.hospital_page()["sizes"]["comments"], random_)
    _responses(hospital, plan, drawn, told, now)
    with stage("Published results of real hospitals (CMS)"):
        load_published(hospital.by, now)
    with stage("Appointments, and who may miss one"):
        appointments.keep_appointments(hospital, now, SEED)
        appointments.predict_missed(hospital, now)
    with stage("A year of samples"):
        asked.ask_for_a_year(hospital, plan, now, SEED)
        unnamed.ask_without_names(hospital, plan, now, SEED)
    with stage("What became of them later"):
        outcomes.send_back(hospital, now, SEED)
        outcomes.follow(hospital, now, SEED)
        balance.bring_medicines(hospital, now, SEED)
        balance.bring_costs_and_publish(hospital, now, SEED)
    with stage("Published cases of the area, and new patients"):
        market.share_of_three_years(hospital, now)
        market.bring_new_patients(hospital, now)
    with stage("The same questions at every touchpoint"):
        touchpoints.ask_alike(hospital, now)
    expected.ask_for_an_app(hospital, now)
    _work_through("Reading the comments")
    cases.past_and_present(hospital, plan, random_, now)
    cases.planted(hospital, now)
    with stage("Public reviews, rounds, interviews and panels"):
        voices.hear(hospital, now)
        replies.write_reviews(hospital, now)
    _work_through("Following up")
    cases.hand_on(hospital, now)
    with stage("Replies in public, and letters in other formats"):
        replies.answer(hospital, now)
        letters.answer(hospital, now)
    with stage("What people newly expect"):
        expected.scan_two_quarters(hospital, now)
    with stage("Changes that were made, and weekly analyses"):
        changes.note_planted(hospital, plan, now)
    with stage("A survey of the house's own"):
        surveys.build(hospital, now)
    return {"loaded_at": now.isoformat(), "seed": SEED, "last_day": plan.last_day.isoformat()}


def _responses(
    hospital: Hospital,
    plan: Plan,
    drawn: Sequence[Answer],
    told: dict[int, Story],
    now: datetime,
) -> None:
    from wellheard.config.demonstration.progress import counted
    from wellheard.listen.responses.actions import NewResponse, receive_responses
    from wellheard.listen.surveys.instruments import instrument

    pulse = instrument("pulse")

    def row(position: int) -> NewResponse:
        answer = drawn[position]
        story = told.get(position)
        place = hospital.places[answer.place]
        return NewResponse(
            organisation=hospital.organisation,
            instrument=pulse.code,
            version=pulse.version,
            answers=answer.answers,
            place=place,
            received_at=answer.received_at,
            mode=answer.mode,
            language=answer.language,
            age_band=answer.age_band,
            sex=answer.sex,
            ethnicity=answer.ethnicity,
            payer=answer.payer,
            comment=story.text if story else "",
            question_type=story.question_type if story else "nonspecific",
            external_id=f"demo-{position:05d}",
        )

    def keep(start: int) -> None:
        rows = [row(n) for n in range(start, min(start + _PORTION, len(drawn)))]
        batch = uuid.uuid5(uuid.NAMESPACE_OID, f"wellheard-demonstration-{start}")
        receive_responses(
            rows, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now
        )

    counted("Keeping answers and comments", range(0, len(drawn), _PORTION), keep)


def _work_through(name: str) -> None:
    """Do what the worker would do: facts, themes, concerns, acknowledgements."""
    from wellheard.base.jobs.worker import Worker
    from wellheard.config.demonstration.progress import stage

    with stage(name):
        Worker().drain()


def _forget_a_half_loaded(database: Path) -> None:
    """A loading that was interrupted begins again from nothing."""
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
    try:
        main()
    except KeyboardInterrupt:
        click.echo("\nStopped; the next start loads again from the beginning.", err=True)
        sys.exit(130)
