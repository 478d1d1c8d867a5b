"""Exact counts from a real database."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.responses.models import Response
from wellheard.people.places.actions import add_place, add_site, add_touchpoint
from wellheard.understand.facts.actions import rebuild_facts, write_card_facts, write_facts
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


def at_spot(place: Any, spot: Any, n: int, *, value: int = 4, mode: str = "web") -> Any:
    rows = answer(place, "2026-01", value, n, touchpoint_id=spot.pk if spot else None)
    for row in rows:
        row.mode = mode
        yield row


@pytest.fixture
def spots(place: Any, actor: Any, at: Any) -> list[Any]:
    return [add_touchpoint(place, name=name, by=actor, at=at) for name in ("Desk", "Pharmacy")]


@pytest.mark.capability("B07")
def test_tabulate_by_touchpoint_counts_each_spot_of_every_place(
    place: Any, other_place: Any, spots: list[Any]
) -> None:
    desk, pharmacy = spots
    keep(at_spot(place, desk, 30), at_spot(place, pharmacy, 20, value=2), at_spot(place, None, 12))
    keep(at_spot(other_place, None, 15))
    assert counted(ask(place, "touchpoint")) == {(0,): 27, (desk.pk,): 30, (pharmacy.pk,): 20}
    here = Where(places=frozenset({place.pk}))
    assert counted(ask(place, "touchpoint", where=here)) == {
        (0,): 12, (desk.pk,): 30, (pharmacy.pk,): 20,
    }  # fmt: skip
    one = ask(place, where=Where(segment=("touchpoint", str(pharmacy.pk))))
    assert one.total.by_value == ((2, 20),) and not one.withheld
    by_quarter = ask(place, "quarter", "touchpoint").row(202601, desk.pk)
    assert by_quarter.counts.n == 30 and str(by_quarter.stop) == "2026-04-01"


@pytest.mark.capability("M02")
def test_tabulate_by_touchpoint_hides_few_and_what_would_give_them_away(
    place: Any, spots: list[Any]
) -> None:
    desk, pharmacy = spots
    keep(at_spot(place, desk, 30), at_spot(place, pharmacy, 7), at_spot(place, None, 12))
    shown = ask(place, "touchpoint")
    assert counted(shown) == {(desk.pk,): 30} and shown.withheld
    assert ask(place).total.n == 49  # less the desk: 19 people, of which nobody tells the seven


@pytest.mark.capability("B07")
def test_tabulate_by_mode_and_help_keeps_the_device_of_who_was_helped(place: Any) -> None:
    keep(at_spot(place, None, 30, mode="kiosk"), at_spot(place, None, 20, mode="assisted"))
    keep(at_spot(place, None, 15, mode="paper"))
    assert counted(ask(place, "mode")) == {("kiosk",): 50, ("paper",): 15}
    assert counted(ask(place, "helped")) == {("",): 45, ("staff",): 20}


def test_facts_written_before_are_told_again(
    place: Any, spots: list[Any], actor: Any, at: Any
) -> None:
    desk = spots[0]
    keep(at_spot(place, desk, 2, mode="assisted"), at_spot(place, None, 1))
    cards = [
        receive_comment(
            NewComment(organisation=place.organisation, place=place, source=source, mode=mode,
                       touchpoint_id=desk.pk, rating=4, rating_max=5),
            by=actor, at=at,
        )
        for source, mode in (("card", ""), ("paper", ""), ("card", "kiosk"), ("card", "assisted"))
    ]  # fmt: skip
    write_card_facts([card.pk for card in cards])
    fields = ("pk", "touchpoint_id", "mode", "helped")
    before = list(Fact.objects.order_by("pk").values_list(*fields))
    # As they were written before there were such columns.
    Fact.objects.filter(helped="staff", response__isnull=False).update(mode="assisted")
    Fact.objects.filter(comment__source="card").update(mode="card")
    Fact.objects.update(helped="", touchpoint=None)
    told = import_module("wellheard.understand.migrations.0012_facts_know_the_spot")
    told.tell_again(None, SimpleNamespace(connection=connection))
    assert list(Fact.objects.order_by("pk").values_list(*fields)) == before
    rebuild_facts(place.organisation_id)
    again = Fact.objects.values_list(*fields[1:])
    assert sorted(map(str, again)) == sorted(str(row[1:]) for row in before)
