"""A hospital's feed of stays and appointments as a file."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wellheard.interop.csvfiles.actions import CannotUndoError, FileFacts, RowsRefusedError
from wellheard.interop.csvfiles.actions import undo_import as undo
from wellheard.interop.csvfiles.codec import read_table
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import guess_layout
from wellheard.interop.csvfiles.visits import band_of, import_visits, travel_band
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.visits.models import Visit

pytestmark = pytest.mark.django_db

HEAD = "visit_id,place,kind,arrived_at,ended_at,discharge_to,language,born_on,patient_id,name,email,phone,address\n"
ROSA = (
    "V1,Ward 7,inpatient,2026-02-01,2026-02-04,home,es,1950-02-05,4711,Rosa Diaz,"
    "rosa@example.org,(312) 555-0123,12 Mill Lane\n"
)


@pytest.fixture
def take(organisation, actor, at):
    def run(text, at=at):
        table = read_table(text.encode())
        return import_visits(
            table,
            guess_layout("visits", table.header),
            FileFacts.of("visits.csv", text.encode()),
            organisation=organisation,
            by=actor,
            at=at,
        )

    return run


def test_visits_are_kept_with_the_patient_and_nothing_readable_of_number_or_address(take, place):
    done = take(HEAD + ROSA)
    visit = Visit.objects.get()
    assert (done.imported, done.duplicates, visit.place, visit.status) == (1, 0, place, "finished")
    assert visit.ended_at == datetime(2026, 2, 4, 18, tzinfo=UTC)  # noon in Chicago
    assert (visit.age, visit.age_band, visit.nights) == (75, "75+", 3)
    assert visit.patient.name == "Rosa Diaz" and visit.patient.language == "es"
    assert set(visit.patient.contacts.values_list("kind", flat=True)) == {"email", "sms"}
    assert "4711" not in visit.person_key and len(visit.person_key) == len(visit.household) == 64


@pytest.mark.capability("B20")
def test_number_that_cannot_be_read_is_told_by_line_and_loses_no_visit(take, place):
    rows = "".join(
        f"V{n},Ward 7,clinic,2026-02-01,2026-02-01,home,en,1980-01-01,{n},Ann {n},,"
        f"{'12' if n % 10 == 0 else f'312555{n:04}'},\n"
        for n in range(100)
    )
    done = take(HEAD + rows)
    assert done.imported == Visit.objects.count() == Patient.objects.count() == 100
    assert [(r.line, r.column) for r in done.remarks] == [
        (n + 2, "phone") for n in range(0, 100, 10)
    ]
    assert ContactPoint.objects.filter(kind="sms").count() == 90


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("V1,Ward 7,submarine,,2026-02-04,,,,,,,,", "kind", "is not one of inpatient"),
        ("V1,Ward 7,inpatient,2026-02-05,2026-02-04,,,,,,,,", "ended_at", "before the arrival"),
        ("V1,Ward 7,inpatient,,2027-02-04,,,,,,,,", "ended_at", "in the future"),
        ("V1,Ward 7,inpatient,,,,,,,,,,", "kind", "no moment"),
        ("V1,,inpatient,,2026-02-04,,,,,,,,", "place", "is empty"),
        ("V1,Ward 7,inpatient,,2026-02-04,,,2026-03-01,,,,,", "born_on", "after the visit"),
    ],
)
def test_row_that_is_wrong_is_named_and_nothing_is_kept(take, place, row, column, said):
    with pytest.raises(RowsRefusedError) as refused:
        take(HEAD + ROSA + row + "\n")
    (fault,) = refused.value.faults
    assert (fault.line, fault.column) == (3, column) and said in fault.reason
    assert not Visit.objects.exists() and not Patient.objects.exists()


def test_visit_told_again_is_known_and_a_planned_one_moves_on(take, place):
    planned = (
        "visit_id,place,kind,status,scheduled_at,ended_at\nV9,Ward 7,clinic,{},2026-03-02,{}\n"
    )
    assert take(planned.format("planned", "")).imported == 1
    assert take(planned.format("planned", "")).duplicates == 1
    done = take(planned.format("no show", ""))
    assert (done.imported, done.moved_on, done.duplicates) == (1, 1, 0)
    assert Visit.objects.get().status == "no_show"
    assert take(planned.format("planned", "")).duplicates == 1
    assert Visit.objects.get().status == "no_show"


def test_person_is_recognised_by_number_and_else_by_contact_and_name(take, place):
    again = ROSA.replace("V1", "V2").replace("rosa@example.org", "")
    other = ROSA.replace("V1", "V3").replace("4711", "").replace("Rosa", "Ana")
    same = ROSA.replace("V1", "V4").replace("4711", "")
    take(HEAD + ROSA)
    take(HEAD + again + other + same)
    owners = dict(Visit.objects.values_list("external_id", "patient_id"))
    assert owners["V1"] == owners["V2"] == owners["V4"] != owners["V3"]
    assert Patient.objects.count() == 2
    assert len(set(Visit.objects.values_list("household", flat=True))) == 1


def test_death_in_the_feed_is_noted_with_the_patient(take, place):
    take(HEAD + ROSA.replace(",home,", ",expired,"))
    assert Visit.objects.get().discharge_to == "died"
    assert Patient.objects.get().deceased_on == date(2026, 2, 4)


def test_import_of_visits_is_taken_back_once(take, place, actor, at):
    done = take(HEAD + ROSA)
    batch = ImportBatch.objects.get(batch=done.batch)
    assert undo(batch, by=actor, at=at) == 1
    assert not Visit.objects.exists()
    with pytest.raises(CannotUndoError):
        undo(batch, by=actor, at=at)


def test_stopped_number_stays_stopped_when_a_feed_brings_it_again(take, place, at):
    take(HEAD + ROSA)
    ContactPoint.objects.filter(kind="sms").update(stopped_at=at)
    take(HEAD + ROSA.replace("V1", "V2").replace("4711", "99").replace("Rosa", "Ana"))
    assert set(ContactPoint.objects.filter(kind="sms").values_list("stopped_at", flat=True)) == {at}


def test_visits_are_seen_where_one_answers_for_the_place(
    take, place, other_place, staff, person_of
):
    take(HEAD + ROSA + ROSA.replace("V1", "V2").replace("Ward 7", "Clinic 4"))
    nurse = person_of(staff("nurse_manager", places=[place]))
    assert [v.external_id for v in Visit.objects.visible_to(nurse)] == ["V1"]
    assert not Visit.objects.visible_to(person_of(staff("front_desk"))).exists()


@pytest.mark.parametrize(("age", "band"), [(0, "0-17"), (18, "18-34"), (75, "75+"), (None, "")])
def test_band_of_an_age(age, band):
    assert band_of(age) == band


@pytest.mark.parametrize(
    ("raw", "band"), [("9.9", "0-9 km"), ("10", "10-49 km"), ("80,5", "50+ km")]
)
def test_only_a_band_of_a_distance_is_kept(raw: str, band: str) -> None:
    assert travel_band(raw) == band


@pytest.mark.parametrize("raw", ["-1", "far", "nan", "1e9"])
def test_what_is_no_distance_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="kilometres"):
        travel_band(raw)


FLOW = "visit_id,place,kind,booked_by,scheduled_at,arrived_at,roomed_at,seen_at,ended_at,cancelled_at,reason,reminder,referral_source,planned,by_transfer,mobility\n"


@pytest.mark.capability("G01", "G02")
def test_how_a_visit_went_is_kept_and_a_later_telling_keeps_how_it_was_booked(take, place):
    take(FLOW + "V1,Ward 7,clinic,phone,2026-03-20T09:00,,,,,,,confirmed,Dr Lee,yes,,wheelchair\n")
    take(
        FLOW + "V1,Ward 7,clinic,,2026-02-20T09:00,2026-02-20T08:50,2026-02-20T09:10,"
        "2026-02-20T09:25,2026-02-20T09:40,,,,,,no,\n"
    )
    visit = Visit.objects.get()
    assert (visit.booked_by, visit.reminder, visit.mobility) == ("telephone", "seen", "wheelchair")
    assert (visit.referral_source, visit.planned, visit.by_transfer) == ("Dr Lee", True, False)
    assert (visit.seen_at - visit.arrived_at).total_seconds() == 35 * 60
    assert (visit.roomed_at - visit.arrived_at).total_seconds() == 20 * 60


def test_cancelled_appointment_is_read_off_its_moment_with_its_reason(take, place):
    take(FLOW + "V1,Ward 7,clinic,,2026-02-20T09:00,,,,,2026-02-19T16:00,no ride,,,,,\n")
    visit = Visit.objects.get()
    assert (visit.status, visit.reason) == ("cancelled", "transport")


def test_moments_out_of_order_are_told_by_line_and_column(take, place):
    row = "V1,Ward 7,clinic,,,2026-02-20T09:00,2026-02-20T09:10,2026-02-20T09:05,,,,,,,,\n"
    with pytest.raises(RowsRefusedError) as refused:
        take(FLOW + row)
    (fault,) = refused.value.faults
    assert (fault.column, fault.reason) == ("seen_at", "lies before the moment of being roomed")
