"""Rows, files and the answers themselves: three places to count from, and one result."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from wellheard.listen.responses.actions import (
    NewResponse,
    correct_answers,
    erase_responses,
    receive_response,
    receive_responses,
    undo_batch,
)
from wellheard.listen.responses.models import AnswerMonth, Response
from wellheard.people.places.actions import add_touchpoint, rename_place
from wellheard.understand.facts import prepared, sources
from wellheard.understand.facts.actions import rebuild_facts, write_facts
from wellheard.understand.facts.cells import WantedItems, count_cells
from wellheard.understand.facts.models import Fact, FactMonth, FactStore
from wellheard.understand.facts.parquet import LAYOUT
from wellheard.understand.facts.places import tabulate_places
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.reactions import when_answers_removed, when_response_corrected
from wellheard.understand.facts.slices import Month, Period, Slice, Where
from wellheard.understand.facts.sources import Wanted, count_facts, current_files
from wellheard.understand.facts.store import (
    drop_rows,
    keep_files,
    move_to_files,
    sweep_store,
    write_stale,
)
from wellheard.understand.facts.tests.factory import spread
from wellheard.understand.facts.tests.test_reactions import happening

pytestmark = pytest.mark.django_db
QUARTERS = Period(Month(2025, 10), Month(2026, 7))


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> Any:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def answers(organisation: Any, place: Any, other_place: Any, actor: Any, at: Any) -> list[int]:
    """Some hundred responses with everything that is awkward in them; their ids."""
    for name in ("Discharge desk", "Pharmacy"):
        add_touchpoint(place, name=name, by=actor, at=at)
    rows = list(spread(organisation, [place, other_place, None], 240))
    receive_responses(rows, organisation=organisation, batch=uuid4(), by=actor, at=at)
    return list(Response.objects.order_by("pk").values_list("pk", flat=True))


def by_hand(organisation: Any, item: str, by: tuple[str, ...], places: Any) -> Counter[Any]:
    """Plain counting, one response after the other."""
    instrument, _, code = item.partition(".")
    found: Counter[Any] = Counter()
    for row in Response.objects.select_related("site", "organisation"):
        value = row.answers.get(code)
        whole = isinstance(value, int | float) and not isinstance(value, bool)
        if row.instrument != instrument or not whole or value != int(value):
            continue
        zone = sources.zone_named(row.site.zone if row.site else row.organisation.zone)
        day = row.received_at.astimezone(zone).date()
        month = day.year * 100 + day.month
        inside = QUARTERS.start.code <= month < QUARTERS.stop.code
        if inside and (places is None or row.place_id in places):
            known = {"value": int(value), "day": day, "month": month, "helped": ""}
            if row.mode == "assisted":
                known |= {"mode": "kiosk", "helped": "staff"}
            found[tuple(known.get(name, getattr(row, name, None)) for name in by)] += 1
    return found


def counted(organisation: Any, item: str, by: tuple[str, ...], places: Any) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for group, n in count_facts(Wanted(organisation.pk, item, QUARTERS, by, places)):
        found[group] += n
    return found


def every_question(place: Any, other_place: Any) -> Any:
    some = frozenset({place.pk}), frozenset({place.pk, other_place.pk}), frozenset()
    for by, narrowed in prepared.shapes():
        if "item" in by:
            continue
        for places in some if narrowed else (None,):
            yield "pulse.quiet", by, places
    for item in ("pulse.rating", "ward.quiet", "pulse.absent"):
        yield item, ("place_id", "month", "value"), None


@pytest.mark.capability("G05")
@pytest.mark.parametrize("kept_in", ["rows", "files", "answers", "some of each"])
def test_count_is_the_plain_count_wherever_facts_are(
    answers: list[int], organisation: Any, place: Any, other_place: Any, at: Any, kept_in: str
) -> None:
    if kept_in == "rows":
        write_facts(answers)
    else:
        FactStore.objects.create(organisation=organisation, since=at)
    if kept_in in ("files", "some of each"):
        write_stale(organisation, at=at)
    if kept_in == "some of each":
        AnswerMonth.objects.filter(month=202601).update(changes=99)
    current = len(current_files(organisation.pk, [202512, 202601, 202602]))
    assert current == {"files": 3, "some of each": 2}.get(kept_in, 0)
    for item, by, places in every_question(place, other_place):
        expected = by_hand(organisation, item, by, places)
        assert counted(organisation, item, by, places) == expected, (item, by, places)
    assert sum(by_hand(organisation, "pulse.quiet", ("value",), None).values()) > 100


@pytest.mark.capability("G05")
@pytest.mark.parametrize("kept_in", ["rows", "files", "some of each"])
def test_many_items_counted_at_once_are_the_plain_counts(
    answers: list[int], organisation: Any, place: Any, at: Any, kept_in: str
) -> None:
    items = ("pulse.quiet", "pulse.rating", "ward.quiet", "pulse.absent")
    if kept_in == "rows":
        write_facts(answers)
    else:
        FactStore.objects.create(organisation=organisation, since=at)
        write_stale(organisation, at=at)
    if kept_in == "some of each":
        AnswerMonth.objects.filter(month=202601).update(changes=99)
    shapes = [by for by, _ in prepared.shapes() if "item" in by]
    assert shapes
    for by in shapes:
        for places in (None, frozenset({place.pk})):
            wanted = WantedItems(organisation.pk, items, QUARTERS, by[1:], places)
            cells = count_cells(wanted)
            alone = count_cells(replace(wanted, items=("pulse.quiet",)))
            assert alone.n.sum() == cells.of_item("pulse.quiet").n.sum()
            assert not alone.less(cells.of_item("pulse.quiet")).n.size
            for item in items:
                own, expected = cells.of_item(item), by_hand(organisation, item, by[1:], places)
                named = {
                    name: [own.labels[name][code] for code in column]
                    if name in own.labels
                    else [int(value) or None for value in column]
                    for name, column in own.columns.items()
                }
                found: Counter[Any] = Counter()
                for at_row, n in enumerate(own.n.tolist()):
                    found[tuple(named[name][at_row] for name in by[1:])] += n
                assert {_zero(key): n for key, n in found.items()} == {
                    _zero(key): n for key, n in expected.items()
                }, (item, by, places)
                assert not own.less(own).n.size
    some = cells.of_item("pulse.quiet")
    assert some.less(some.only(some.n > 1)).n.sum() == some.n[some.n == 1].sum()


@pytest.mark.capability("M02")
@pytest.mark.parametrize("in_files", [False, True])
def test_places_of_many_items_are_what_the_door_shows_item_by_item(
    answers: list[int], organisation: Any, at: Any, in_files: bool
) -> None:
    """Also which quarters are so small that no figure rests on them."""
    write_facts(answers)
    if in_files:
        move_to_files(organisation, at=at)
    items = ("pulse.quiet", "pulse.rating", "ward.quiet", "pulse.absent")
    found = tabulate_places(organisation.pk, items, QUARTERS)
    for item in items:
        table = tabulate(Slice(organisation.pk, item, QUARTERS, ("place",)))
        assert found.counts[item] == {row.key[0]: row.counts for row in table.rows if row.key[0]}
    sizes: Counter[Any] = Counter()
    for item in items:
        for key, n in by_hand(organisation, item, ("place_id", "month"), None).items():
            if key[0]:
                sizes[item, key[0], Month.of(key[1]).quarter.code] += n
    assert found.hidden == {key for key, n in sizes.items() if n < 10}
    assert found.hidden and any(found.counts[item] for item in items)


def _zero(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """A rating of 0 and no place look alike in columns; they stand in other columns."""
    return tuple(part or 0 for part in key)


@pytest.mark.parametrize("in_files", [False, True])
def test_who_said_what_is_the_same_from_rows_and_from_answers(
    answers: list[int], organisation: Any, at: Any, in_files: bool
) -> None:
    write_facts(answers)
    said = Response.objects.filter(instrument="pulse").values_list("pk", "answers")
    numbers = {pk: a["quiet"] for pk, a in said if type(a.get("quiet")) is int}
    if in_files:
        FactStore.objects.create(organisation=organisation, since=at)
    for other in (False, True):
        found = sources.responses_that_said(organisation.pk, "pulse.quiet", {3, 4}, other=other)
        assert set(found) == {pk for pk, v in numbers.items() if (v in (3, 4)) != other}


def test_prepared_sql_is_what_the_expressions_come_to() -> None:
    assert prepared.FILE.read_text("utf-8") == prepared.as_text()


def test_large_organisation_moves_to_files_and_says_the_same(
    answers: list[int], organisation: Any, place: Any, other_place: Any, at: Any, monkeypatch: Any
) -> None:
    write_facts(answers)
    questions = [
        Slice(organisation.pk, "pulse.quiet", Period(Month(2025, 10), Month(2026, 4)), by, where)  # type: ignore[arg-type]
        for by in (
            (),
            ("month",),
            ("place", "month"),
            ("site", "quarter"),
            ("language",),
            ("week",),
        )
        for where in [Where(places=frozenset({place.pk})) if by == ("week",) else Where()]
    ]
    before = [tabulate(question) for question in questions]
    assert before[0].total.n > 50
    keep_files(organisation.pk, at=at)
    assert not FactStore.objects.exists()  # it is small
    _small_limit(monkeypatch)
    sweep_store(at)
    assert FactStore.objects.get().organisation == organisation
    assert not Fact.objects.exists()
    assert [tabulate(question) for question in questions] == before
    assert write_facts(answers) == 0 and rebuild_facts(organisation.pk) == 0


def _small_limit(monkeypatch: Any) -> None:
    from dataclasses import replace

    from wellheard.understand.facts import store
    from wellheard.understand.facts.policy import store_policy

    small = replace(store_policy(), most_responses_in_rows=100)
    monkeypatch.setattr(store, "store_policy", lambda: small)


@pytest.mark.capability("P04")
def test_late_corrected_and_erased_answers_count_at_once(
    answers: list[int], organisation: Any, place: Any, actor: Any, at: Any
) -> None:
    move_to_files(organisation, at=at)
    question = ("pulse.quiet", ("place_id", "month", "value"), None)

    def check() -> None:
        assert counted(organisation, *question) == by_hand(organisation, *question)

    late = NewResponse(
        organisation=organisation, instrument="pulse", version=1, place=place,
        answers={"quiet": 1}, received_at=datetime(2025, 12, 24, 12, tzinfo=UTC),
    )  # fmt: skip
    first = receive_response(late, by=actor, at=at)
    check()
    correct_answers(first, {"quiet": 4}, by=actor, at=at)
    check()
    assert erase_responses([first.pk, *answers[:9]], organisation=organisation, by=actor, at=at)
    check()
    batch = Response.objects.exclude(import_batch=None).first().import_batch
    files = list(FactMonth.objects.values_list("file", flat=True))
    write_stale(organisation, at=at)
    check()
    left = {path.name for path in sources.folder().rglob("*") if path.is_file()}
    now = set(FactMonth.objects.values_list("file", flat=True))
    assert left == {name.split("/")[1] for name in now}  # nothing of the erased stays on the disk
    assert len(now - set(files)) == 3 == len(now & set(files))  # what did not change stays
    undo_batch(organisation=organisation, batch=batch, by=actor, at=at)
    check()
    assert counted(organisation, *question) == Counter()


def test_corrected_answer_of_a_small_organisation_is_written_again(
    answers: list[int], organisation: Any, actor: Any, at: Any
) -> None:
    write_facts(answers)
    response = Response.objects.filter(instrument="pulse").first()
    correct_answers(response, {"quiet": 2, "comment": "words"}, by=actor, at=at)
    when_response_corrected(
        happening(organisation, at, "listen.response_corrected", response_id=response.pk)
    )
    assert dict(Fact.objects.filter(response=response).values_list("item", "value")) == {
        "pulse.quiet": 2
    }
    response.refresh_from_db()
    assert response.answers == {"quiet": 2}


def test_files_that_are_gone_or_damaged_are_done_without_and_written_again(
    answers: list[int], organisation: Any, at: Any, home: Any
) -> None:
    move_to_files(organisation, at=at)
    question = ("pulse.quiet", ("place_id", "month", "value"), None)
    expected = by_hand(organisation, *question)
    january = sources.folder() / FactMonth.objects.get(month=202601).file
    january.write_bytes(b"\0" * january.stat().st_size)  # the right size, and nonsense
    assert counted(organisation, *question) == expected
    # A backup holds the database alone: brought back elsewhere, there are no files at all.
    shutil.rmtree(home / "facts")
    assert counted(organisation, *question) == expected
    assert write_stale(organisation, at=at) == FactMonth.objects.count()
    assert counted(organisation, *question) == expected


def test_sweep_finds_what_was_changed_by_hand_and_drops_what_nobody_names(
    answers: list[int], organisation: Any, at: Any, monkeypatch: Any
) -> None:
    move_to_files(organisation, at=at)
    stray = sources.folder() / str(organisation.pk) / "202601-0000.parquet.draft"
    stray.write_bytes(b"half a file")
    Response.objects.filter(pk__in=answers[:20]).delete()
    sweep_store(datetime.now(UTC) + timedelta(hours=2))
    assert not stray.exists()
    question = ("pulse.quiet", ("month", "value"), None)
    months = [202510, 202511, 202512, 202601, 202602, 202603]
    assert len(current_files(organisation.pk, months)) == FactMonth.objects.count()
    assert counted(organisation, *question) == by_hand(organisation, *question)


def test_removed_answers_are_handed_to_a_job_only_where_there_are_files(
    answers: list[int], organisation: Any, at: Any, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    told = happening(organisation, at, "listen.responses_erased", first=202601, last=202601)
    when_answers_removed(told)
    assert not FactMonth.objects.exists()
    FactStore.objects.create(organisation=organisation, since=at)
    when_answers_removed(told)
    assert FactMonth.objects.count() == AnswerMonth.objects.count()
    drop_rows(organisation.pk)


def test_renamed_place_keeps_its_line(
    answers: list[int], organisation: Any, place: Any, actor: Any, at: Any
) -> None:
    move_to_files(organisation, at=at)
    asked = Slice(
        organisation.pk, "pulse.quiet", Period(Month(2026, 1), Month(2026, 4)), ("month",),
        Where(places=frozenset({place.pk})),
    )  # fmt: skip
    before = tabulate(asked)
    rename_place(place, name="Ward 7 North", by=actor, at=at)
    assert tabulate(asked) == before and before.rows


@pytest.mark.capability("G05")
def test_a_file_of_an_earlier_layout_is_not_read_and_is_written_anew(
    answers: list[int], organisation: Any, at: Any
) -> None:
    move_to_files(organisation, at=at)
    by = ("touchpoint_id", "mode", "helped")
    expected = by_hand(organisation, "pulse.quiet", by, None)
    assert len(expected) > 8 and any(spot and helped for spot, _mode, helped in expected)
    FactMonth.objects.update(layout=LAYOUT - 1)
    assert not current_files(organisation.pk, [202512, 202601])
    assert counted(organisation, "pulse.quiet", by, None) == expected
    sweep_store(at)
    assert len(current_files(organisation.pk, [202512, 202601])) == 2
    assert counted(organisation, "pulse.quiet", by, None) == expected


@pytest.mark.capability("M02")
def test_forty_percent_without_a_group_stay_a_group_of_their_own(
    answers: list[int], organisation: Any, at: Any
) -> None:
    move_to_files(organisation, at=at)
    asked = Slice(organisation.pk, "pulse.quiet", Period(Month(2026, 1), Month(2026, 4)), ("sex",))
    table = tabulate(asked)
    assert {row.key[0] for row in table.rows} == {"", "f", "m"}
    blank = table.row("")
    assert blank is not None and blank.counts.n > 0.3 * table.total.n
