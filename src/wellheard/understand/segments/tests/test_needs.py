"""What each segment needs, from every source, and what stays untold."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.intake.models import Comment
from wellheard.listen.panels.models import Advice, Panel, PanelMember
from wellheard.listen.responses.models import Response
from wellheard.people.visits.models import VisitCount
from wellheard.understand.facts.actions import write_facts
from wellheard.understand.facts.slices import Counts
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.segments.actions import NewVersion, make_version
from wellheard.understand.segments.models import SegmentVersion
from wellheard.understand.segments.needs import needs_page
from wellheard.understand.segments.rules import foremost, needs_of
from wellheard.understand.themes.models import CommentReading, ThemeLabel

UNTIL = date(2026, 4, 2)
LATER = datetime(2026, 4, 2, 15, tzinfo=UTC)
WRITTEN = datetime(2026, 2, 3, 12, tzinfo=UTC)
ITEMS = ("help_soon", "quiet", "respect", "clean")


def segmented(actor: Any, *groups: str) -> SegmentVersion:
    definition = {"attribute": "language", "segments": [{"name": "Interpreted", "groups": groups}]}
    new = NewVersion("needs", "Language needs", "rules", definition, "To bring interpreters.")
    return make_version(new, until=UNTIL, by=actor, at=LATER)


def write(place: Any, language: str, n: int, *themes: str, sentiment: int = 4) -> None:
    """``n`` comments of a language, each by somebody else, about themes."""
    comments = Comment.objects.bulk_create(
        Comment(
            organisation_id=place.organisation_id,
            site_id=place.site_id,
            place=place,
            source=Comment.Source.choices[0][0],
            reference=f"{language}{sentiment}{'-'.join(themes)[:5]}{i}",
            received_at=WRITTEN,
            recorded_at=WRITTEN,
            triage_due_at=WRITTEN,
            language=language,
            text="words",
        )
        for i in range(n)
    )
    own = {"organisation_id": place.organisation_id}
    for comment in comments:
        CommentReading.objects.create(
            **own, comment=comment, engine="test", sentiment=sentiment, read_at=WRITTEN
        )
        for theme in themes:
            ThemeLabel.objects.create(
                **own, comment=comment, theme=theme, source="machine", confidence=0.9
            )


@pytest.fixture
def answered(place: Any) -> Any:
    """English: everything good. Spanish: help never comes soon, and the rating follows it."""
    rows = []
    for number in range(300):
        rng = random.Random(number // 2)  # a pair answers alike, but for what is to be found
        language = "es" if number % 2 else "en"
        answers = {item: rng.choice([3, 4, 4]) for item in ITEMS}
        if language == "es":
            answers["help_soon"] = rng.choice([1, 1, 2, 3])
        rating = min(10, 2 * answers["help_soon"] + rng.choice([0, 1, 2]))
        rows.append(
            Response(
                organisation_id=place.organisation_id,
                site_id=place.site_id,
                place=place,
                instrument="pulse",
                version=1,
                mode="web",
                answers={**answers, "rating": rating},
                language=language,
                received_at=WRITTEN + timedelta(minutes=number),
                recorded_at=WRITTEN,
            )
        )
    write_facts([row.pk for row in Response.objects.bulk_create(rows)])
    return place


def test_needs_are_judged_together_and_the_worst_stands_first() -> None:
    quiet, soon = (shipped_measures()[code] for code in ("quiet", "help_soon"))
    alike, apart = Counts.of({4: 60, 2: 40}), Counts.of({4: 20, 2: 80})
    found = needs_of(
        [(quiet, {"a": alike, "b": alike}), (soon, {"a": apart, "b": alike})],
        low_below=30,
        false_discovery_rate=0.05,
    )
    verdicts = {(need.measure.code, need.segment): need.verdict for need in found}
    assert verdicts["help_soon", "a"] == "worse" and verdicts["help_soon", "b"] == "better"
    assert verdicts["quiet", "a"] == "cannot_tell"
    own = [need for need in found if need.segment == "a"]
    assert [need.measure.code for need in foremost(own, 3)] == ["help_soon", "quiet"]
    (alone,) = needs_of([(quiet, {"a": alike})], low_below=30, false_discovery_rate=0.05)
    assert alone.difference is None and alone.verdict == "cannot_tell"


@pytest.mark.capability("M04")
def test_segment_page_is_complete_and_says_what_it_cannot_tell(
    answered: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    write(answered, "es", 15, "waiting")
    write(answered, "es", 5, "parking")
    write(answered, "en", 40, "waiting", sentiment=1)
    own = {"organisation_id": answered.organisation_id, "place": answered, "group": "language"}
    for language, visits in (("en", 300), ("es", 900)):
        VisitCount.objects.create(**own, value=language, month=date(2026, 2, 1), visits=visits)
    version = segmented(actor, "es")
    boss = staff("px_specialist")
    board = Panel.objects.create(
        organisation_id=answered.organisation_id,
        name="Patients' board",
        kind="advisory",
        begun_at=WRITTEN,
    )
    PanelMember.objects.create(
        panel=board, name="X", language="es", starts_on="2026-01-01", ends_on="2026-12-31"
    )
    for text, given in (("Signs in Spanish", WRITTEN), ("Before", WRITTEN - timedelta(days=90))):
        Advice.objects.create(
            organisation_id=answered.organisation_id,
            panel=board,
            text=text,
            owner=boss,
            given_at=given,
            due_on="2026-05-01",
        )
    page = needs_page(version, boards=True)
    worse = {(n.segment, n.measure.code) for n in page.surveys if n.verdict == "worse"}
    assert ("Interpreted", "help_soon") in worse
    assert not any(segment == "rest" for segment, _ in worse)
    assert page.drivers["Interpreted"].found[0].measure.code == "help_soon"
    assert [(n.segment, n.measure.item, n.verdict) for n in page.comments] == [
        ("Interpreted", "waiting", "worse")
    ]
    assert {each.group: each.verdict for each in page.reach}["Interpreted"] == "unheard"
    assert page.boards is not None and page.boards["rest"].boards == ()
    shown = signed_in(boss).get(reverse("segments:needs", args=[version.pk])).content.decode()
    for words in ("Signs in Spanish", "Less heard", "comes up more often", "weighs much",
                  "nobody of them sits", "n 150", "40 of them wrote"):  # fmt: skip
        assert words in shown.replace("\u202f", " "), words
    assert "Before" not in shown and "parking" not in shown
    reader = signed_in(staff("auditor")).get(reverse("segments:needs", args=[version.pk]))
    assert "Signs in Spanish" not in reader.content.decode()
    assert (
        reverse("segments:needs", args=[version.pk])
        in signed_in(boss).get(reverse("segments:version", args=[version.pk])).content.decode()
    )


@pytest.mark.capability("M02")
def test_needs_never_hold_a_group_that_is_hidden(answered: Any, actor: Any) -> None:
    """Seven people of a third language wrote and answered: with them and without, all is alike."""
    keep(answer(answered, "2026-02", 1, 7, item="help_soon", language="vi"))
    write(answered, "es", 15, "waiting")
    write(answered, "en", 40, "waiting")
    write(answered, "vi", 7, "waiting")
    with_them = needs_page(segmented(actor, "es", "vi"), boards=False)
    without = needs_page(segmented(actor, "es"), boards=False)
    assert with_them.surveys == without.surveys and with_them.comments == without.comments
    assert with_them.wrote == without.wrote
    assert with_them.drivers == without.drivers
    # The next smallest group hides with them, or theirs would be all minus the rest.
    assert with_them.wrote == {"rest": 40}


def test_clusters_have_no_needs_page(place: Any, staff: Any, signed_in: Any) -> None:
    version = SegmentVersion.objects.create(
        organisation_id=place.organisation_id, code="c", version=1, title="C", kind="clusters",
        definition={}, purpose="p", start=202504, stop=202604, result={"sizes": {}},
        made_by="x", made_at=LATER,
    )  # fmt: skip
    page = signed_in(staff("analyst")).get(reverse("segments:needs", args=[version.pk]))
    assert page.status_code == 404
