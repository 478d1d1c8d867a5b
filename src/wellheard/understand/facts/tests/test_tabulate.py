"""Exact counts from a real database."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.listen.responses.models import Response
from wellheard.people.places.actions import add_place, add_site
from wellheard.understand.facts.actions import rebuild_facts, write_facts
from wellheard.understand.facts.models import Fact
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice, SliceError, Where
from wellheard.understand.facts.tests.factory import answer, keep

QUARTER = Period(Month(2026, 1), Month(2026, 4))


def ask(place: Any, *by: str, period: Period = QUARTER, where: Where | None = None) -> Any:
    question = Slice(place.organisation_id, "pulse.quiet", period, by, where or Where())  # type: ignore[arg-type]
    return tabulate(question)


def counted(table: Any) -> dict[Any, int]:
    return {row.key: row.counts.n for row in table.rows}


def test_tabulate_by_month_counts_each_answer(place: Any) -> None:
    keep(answer(place, "2026-01", 4, 30), answer(place, "2026-01", 2, 10))
    keep(answer(place, "2026-02", 4, 20), answer(place, "2025-12", 4, 50))
    table = ask(place, "month")
    assert counted(table) == {(202601,): 40, (202602,): 20}
    assert table.row(202601).counts.by_value == ((2, 10), (4, 30))
    assert [row.low for row in table.rows] == [False, True]
    assert not table.withheld


def test_tabulate_month_is_the_one_on_the_place_calendar(place: Any) -> None:
    # 18:00 UTC on the last day is still that day in Chicago; midnight UTC of the first is not.
    keep(answer(place, "2026-01", 4, 11, day=31))
    rows = list(answer(place, "2026-02", 4, 11, day=1))
    for row in rows:
        row.received_at = row.received_at.replace(hour=2)
    keep(iter(rows))
    assert counted(ask(place, "month")) == {(202601,): 22}


def test_tabulate_quarter_of_seven_is_in_no_total(place: Any, other_place: Any) -> None:
    keep(answer(place, "2026-01", 4, 40), answer(other_place, "2026-01", 1, 7))
    for table in (ask(place), ask(place, "place"), ask(place, "site"), ask(place, "month")):
        assert table.total.by_value == ((4, 40),)
        assert table.withheld


def test_tabulate_site_takes_every_place_in_it(
    place: Any, other_place: Any, actor: Any, at: Any
) -> None:
    far = add_place(
        add_site(place.organisation, name="Far", by=actor, at=at),
        name="Far ward",
        kind="ward",
        by=actor,
        at=at,
    )
    keep(
        answer(place, "2026-01", 4, 20),
        answer(other_place, "2026-01", 4, 15),
        answer(far, "2026-01", 4, 12),
    )
    assert counted(ask(place, "site")) == {(place.site_id,): 35, (far.site_id,): 12}
    assert ask(place, where=Where(sites=frozenset({far.site_id}))).total.n == 12


def test_tabulate_organisation_never_counts_another(place: Any, at: Any) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Other",
        slug="other",
        country="US",
        jurisdiction="us-hospital",
        zone="America/Chicago",
        languages=["en"],
        at=at,
    )
    by = Actor.system(other.pk, "test")
    theirs = add_place(
        add_site(other, name="Theirs", by=by, at=at), name="W", kind="ward", by=by, at=at
    )
    keep(answer(theirs, "2026-01", 4, 40), answer(place, "2026-01", 4, 20))
    assert ask(place).total.n == 20
    assert ask(place, where=Where(places=frozenset({theirs.pk}))).total.n == 0


def test_tabulate_by_segment_uses_whole_quarters(place: Any) -> None:
    keep(
        answer(place, "2026-01", 4, 40, language="en"),
        answer(place, "2026-02", 2, 20, language="ar"),
    )
    table = ask(place, "language")
    assert counted(table) == {("ar",): 20, ("en",): 40}
    assert ask(place, where=Where(segment=("language", "ar"))).total.by_value == ((2, 20),)


@pytest.mark.capability("M02")
def test_tabulate_by_segment_group_of_seven_is_hidden_with_another(place: Any) -> None:
    keep(
        answer(place, "2026-01", 4, 40, language="en"),
        answer(place, "2026-02", 2, 7, language="ar"),
    )
    keep(answer(place, "2026-01", 4, 30, language="es"))
    assert counted(ask(place, "language")) == {("en",): 40}
    assert ask(place, where=Where(segment=("language", "ar"))).rows == ()
    assert ask(place, where=Where(segment=("language", "ar"))).withheld


def test_tabulate_weeks_of_several_places_is_refused(place: Any, other_place: Any) -> None:
    with pytest.raises(SliceError):
        ask(place, "week")


def test_tabulate_weeks_of_one_place(place: Any) -> None:
    keep(*(answer(place, "2026-01", 4, 12, day=day) for day in (5, 12, 19, 26)))
    table = ask(place, "week", where=Where(places=frozenset({place.pk})))
    assert counted(table)[("2026-01-12",)] == 12


def test_answers_without_a_place_count_for_the_organisation(place: Any) -> None:
    rows = list(answer(place, "2026-01", 4, 15))
    for row in rows:
        row.place = None
    keep(iter(rows), answer(place, "2026-01", 4, 20))
    assert ask(place).total.n == 35
    assert ask(place, where=Where(places=frozenset({place.pk}))).total.n == 20


def test_facts_go_with_their_response(place: Any) -> None:
    ids = keep(answer(place, "2026-01", 4, 20))
    Response.objects.filter(pk__in=ids[:5]).delete()
    assert Fact.objects.count() == 15


def test_rebuild_facts_gives_what_was_written_one_by_one(place: Any, other_place: Any) -> None:
    ids = keep(answer(place, "2026-01", 4, 3), answer(other_place, "2026-02", 1, 3, sex="f"))
    write_facts(ids[:2])
    fields = [f.name for f in Fact._meta.fields if f.name != "id"]
    before = sorted(map(str, Fact.objects.values_list(*fields)))
    assert rebuild_facts(place.organisation_id) == 6
    assert sorted(map(str, Fact.objects.values_list(*fields))) == before
