"""Segments from answers to decision, in the browser and beneath it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.responses.models import Response
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.segments.actions import (
    NewVersion,
    decide_segments,
    keep_forecast,
    make_version,
)
from wellheard.understand.segments.models import SegmentDecision, SegmentVersion
from wellheard.understand.segments.queries import compare, judged_forecast, rerun
from wellheard.understand.segments.rules import SegmentError

UNTIL = date(2026, 4, 2)
LATER = datetime(2026, 4, 2, 15, tzinfo=UTC)
PURPOSE = "To bring interpreters to those who wait for them."
RULES = {
    "attribute": "language",
    "segments": [{"name": "Interpreted", "groups": ["es", "ar"]}],
}


@pytest.fixture
def voices(place: Any) -> Any:
    keep(
        *(answer(place, "2026-01", 9, 60, item="rating", language="en") for _ in range(2)),
        answer(place, "2026-02", 3, 50, item="rating", language="es"),
        answer(place, "2026-03", 9, 30, item="rating", language="ar"),
    )
    return place


def by_rules(actor: Any, definition: Any = RULES, at: Any = LATER) -> SegmentVersion:
    new = NewVersion("language-needs", "Language needs", "rules", definition, PURPOSE)
    return make_version(new, until=UNTIL, by=actor, at=at)


@pytest.mark.capability("K07")
def test_rules_make_the_same_segments_again_and_a_new_version_is_compared(
    voices: Any, actor: Any
) -> None:
    first = by_rules(actor)
    assert first.result["sizes"] == {"Interpreted": 80, "rest": 120}
    assert first.result["under_served"] == ["Interpreted"]
    assert rerun(first).same
    split = {
        "attribute": "language",
        "segments": [{"name": "Interpreted", "groups": ["es"]}],
    }
    second = by_rules(actor, split)
    assert second.version == 2
    assert compare(first, second).moved == (("ar", "Interpreted", "rest"),)


@pytest.mark.capability("M02")
def test_segment_never_holds_a_group_that_is_hidden(voices: Any, actor: Any) -> None:
    """Seven more people of a fourth language: neither they nor a sum with them comes out."""
    keep(answer(voices, "2026-01", 9, 7, item="rating", language="vi"))
    alone = {"attribute": "language", "segments": [{"name": "Few", "groups": ["vi"]}]}
    with pytest.raises(SegmentError, match="small"):
        by_rules(actor, alone)
    with_them = by_rules(actor, {
        "attribute": "language",
        "segments": [{"name": "Interpreted", "groups": ["es", "ar", "vi"]}],
    })  # fmt: skip
    without = by_rules(actor)
    assert with_them.result["sizes"]["Interpreted"] == without.result["sizes"]["Interpreted"]


@pytest.mark.parametrize("purpose", ["", "short"])
def test_segments_without_a_purpose_are_not_made(voices: Any, actor: Any, purpose: str) -> None:
    with pytest.raises(SegmentError, match="purpose"):
        make_version(NewVersion("x", "X", "rules", RULES, purpose), until=UNTIL, by=actor, at=LATER)
    assert not SegmentVersion.objects.exists()


@pytest.fixture
def answered(place: Any) -> Any:
    rng = random.Random(4)
    rows = []
    for number in range(300):
        level = (4, 2, 1)[number % 3]
        answers = {
            item: max(1, min(4, level + rng.choice([0, 0, 0, 0, 1, -1])))
            for item in ("help_soon", "quiet", "respect", "clean")
        }
        rows.append(
            Response(
                organisation_id=place.organisation_id,
                site_id=place.site_id,
                place=place,
                instrument="pulse",
                version=1,
                mode="web",
                answers=answers,
                language="en" if number % 3 == 0 else "es",
                sex=rng.choice(["female", "male"]),
                received_at=datetime(2026, 2, 3, tzinfo=UTC),
                recorded_at=datetime(2026, 2, 3, tzinfo=UTC),
            )
        )
    Response.objects.bulk_create(rows)
    return place


@pytest.mark.capability("K07")
def test_clusters_are_kept_with_stability_and_what_they_stand_in_for(
    answered: Any, actor: Any
) -> None:
    definition = {
        "instrument": "pulse", "items": ["help_soon", "quiet", "respect", "clean"], "k": 2,
        "seed": 7,
    }  # fmt: skip
    new = NewVersion("moods", "Moods", "clusters", definition, PURPOSE)
    version = make_version(new, until=UNTIL, by=actor, at=LATER)
    assert min(version.result["jaccard"]) > 0.75
    assert sum(version.result["sizes"].values()) in range(280, 301)
    proxies = {c["about"]: c for c in version.result["checks"] if c["code"] == "proxy"}
    assert proxies["language"]["severity"] == "attention"
    assert proxies["sex"]["severity"] == "good"
    assert rerun(version).same
    Response.objects.filter(pk__in=list(Response.objects.values_list("pk", flat=True)[:5])).delete()
    after = rerun(version)
    assert not after.same and after.agreement is not None and after.agreement > 0.9
    second = make_version(new, until=UNTIL, by=actor, at=LATER)
    assert compare(version, second).agreement == pytest.approx(after.agreement)


@pytest.mark.capability("K08")
def test_forecast_is_kept_and_judged_by_what_comes(place: Any, actor: Any) -> None:
    for year in (2024, 2025):
        keep(
            *(
                answer(place, f"{year}-{month:02d}", 9, n, item="rating", language=language)
                for month in (1, 4, 7, 10)
                for language, n in (("en", 40), ("es", 30))
            )
        )
    keep(
        answer(place, "2026-01", 9, 40, item="rating", language="en"),
        answer(place, "2026-01", 9, 90, item="rating", language="es"),
    )
    definition = {"attribute": "language", "segments": [{"name": "Spanish", "groups": ["es"]}]}
    new = NewVersion("spanish", "Spanish", "rules", definition, PURPOSE)
    early = date(2026, 1, 2)
    version = make_version(new, until=early, by=actor, at=datetime(2026, 1, 2, tzinfo=UTC))
    kept = keep_forecast(version, until=early, by=actor, at=datetime(2026, 1, 2, tzinfo=UTC))
    judged = {(j.segment, j.quarter): j for j in judged_forecast(kept, until=UNTIL)}
    assert judged["rest", 202601].inside and not judged["Spanish", 202601].inside
    assert judged["Spanish", 202601].actual == 90
    assert judged["Spanish", 202604].actual is None


@pytest.mark.capability("K10")
def test_decision_without_a_safeguard_for_who_fares_worse_is_refused(
    voices: Any, actor: Any
) -> None:
    version = by_rules(actor)
    full = {"need": 3, "size": 5, "ability": 4, "mission": 2}
    scores = {"Interpreted": full, "rest": full}
    with pytest.raises(SegmentError, match="safeguard"):
        decide_segments(version, scores, ["rest"], by=actor, at=LATER)
    assert not SegmentDecision.objects.exists()
    decided = decide_segments(version, scores, ["Interpreted"], by=actor, at=LATER)
    assert decided.under_served == ["Interpreted"]


def test_workbench_in_the_browser(
    voices: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("wellheard.understand.segments.views.timezone.now", lambda: LATER)
    client = signed_in(staff("analyst"))
    assert "No segments yet" in client.get(reverse("segments:segments")).content.decode()
    given = {
        "title": "Language needs", "purpose": PURPOSE, "kind": "rules",
        "attribute": "language", "segments": "Interpreted: es, ar",
    }  # fmt: skip
    refused = client.post(reverse("segments:make"), {**given, "segments": "es and ar"})
    assert refused.status_code == 422 and "Name: group" in refused.content.decode()
    client.post(reverse("segments:make"), given)
    client.post(reverse("segments:make"), given)
    version = SegmentVersion.objects.get(version=2)
    page = reverse("segments:version", args=[version.pk])
    shown = client.get(page).content.decode()
    assert "fares worse" in shown and "The same groups" in shown and "never to leave out" in shown
    again = client.post(reverse("segments:again", args=[version.pk])).content.decode()
    assert "the same people in the same segments" in again
    short = client.post(reverse("segments:expect", args=[version.pk]))
    assert short.status_code == 422 and "quarters" in short.content.decode()
    scores = {
        f"score-{i}-{code}": "3" for i in (0, 1) for code in ("need", "size", "ability", "mission")
    }
    decide = reverse("segments:decide", args=[version.pk])
    refused = client.post(decide, {**scores, "chosen": ["rest"]})
    assert refused.status_code == 422 and "safeguard" in refused.content.decode()
    client.post(decide, {**scores, "chosen": ["Interpreted"]})
    assert "emphasised" in client.get(page).content.decode()
    reader = signed_in(staff("executive"))
    assert reader.get(page).status_code == 200
    assert reader.post(decide, scores).status_code == 403
