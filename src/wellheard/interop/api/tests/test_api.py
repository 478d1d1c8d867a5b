"""The API as programs meet it: what they may, what they may not, and what they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.base.jobs.worker import Worker
from wellheard.interop.api import doors
from wellheard.interop.api.tests.conftest import Program
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.people.access.models import ApiToken
from wellheard.people.places.actions import add_organisation, add_place, add_site
from wellheard.resolve.complaints.models import Case

pytestmark = pytest.mark.django_db

SAID = "Nurse Petra Novak was kind, but nobody answered the bell and I felt unsafe."
TOLD = "The walls need paint."
EVERY_GET = [
    "/places",
    "/comments",
    "/comments/C-AAAAAA",
    "/measures",
    "/measures/recommend/score",
    "/themes",
    "/cases",
    "/cases/K-1",
    "/instruments/pulse",
]


@pytest.fixture
def neighbour(at):
    from wellheard.base.audit.actor import Actor

    home = add_organisation(
        name="Other",
        slug="other",
        country="US",
        jurisdiction="us-hospital",
        zone="UTC",
        languages=["en"],
        at=at,
    )
    by = Actor.system(home.pk, "test")
    ward = add_place(
        add_site(home, name="Far", by=by, at=at), name="Far ward", kind="ward", by=by, at=at
    )
    said = receive_comment(
        NewComment(organisation=home, source="card", text="Far away words", place=ward),
        by=by,
        at=at,
    )
    return ward, said


@pytest.mark.capability("P07")
def test_sent_comment_is_kept_and_read_back(program, place):
    answer = program.post("/comments", {"text": SAID, "place": place.code, "rating": 2})
    assert answer.status_code == 201
    reference = answer.json()["reference"]
    kept = Comment.objects.get(reference=reference)
    assert (kept.text, kept.place, kept.source) == (SAID, place, "api")
    assert (kept.rating, kept.rating_max) == (2, 5)
    assert AuditRow.objects.filter(action="comment_received").get().actor_kind == "api"
    read = program.get(f"/comments/{reference}").json()
    assert (read["text"], read["masked"], read["place"]) == (SAID, False, place.code)
    listed = program.get("/comments", place=place.code).json()
    assert (listed["total"], listed["next"]) == (1, None)
    assert listed["items"][0]["reference"] == reference


@pytest.mark.capability("P07")
def test_sent_comment_goes_the_way_of_every_comment(program, place):
    program.post("/comments", {"text": SAID, "place": place.code})
    Worker().drain()
    assert Case.objects.count() == 1
    listed = program.get("/cases").json()
    (case,) = listed["items"]
    assert case["status"] == "new" and case["place"] == place.code
    assert "Petra" not in str(listed) and "unsafe" not in str(listed)
    assert program.get(f"/cases/{case['reference']}").json() == case
    assert program.get("/cases", state="closed").json()["total"] == 0


@pytest.mark.capability("P04")
def test_same_key_keeps_once_and_other_words_are_refused(program):
    first = program.post("/comments", {"text": TOLD}, Idempotency_Key="k-1")
    again = program.post("/comments", {"text": TOLD}, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"reference": first.json()["reference"], "repeated": True}
    other = program.post("/comments", {"text": "Other words"}, Idempotency_Key="k-1")
    assert other.status_code == 409 and other["Content-Type"] == "application/problem+json"
    assert Comment.objects.count() == 1


def test_key_of_one_program_never_meets_that_of_another(program, staff, secret_of):
    program.post("/comments", {"text": TOLD}, Idempotency_Key="k-1")
    second = Program(secret_of(staff("analyst"), "import.run"))
    answer = second.post("/comments", {"text": "Other words"}, Idempotency_Key="k-1")
    assert answer.status_code == 201 and Comment.objects.count() == 2


def test_sent_response_is_kept_with_its_comment(program, place):
    body = {"answers": {"rating": 9, "nurse_listen": 4}, "place": place.code, "comment": TOLD}
    answer = program.post("/responses", body, Idempotency_Key="r-1")
    assert answer.status_code == 201
    kept = Response.objects.get()
    assert (kept.answers, kept.mode, kept.place) == ({"rating": 9, "nurse_listen": 4}, "api", place)
    assert Comment.objects.get().response_id == kept.pk
    assert program.post("/responses", body, Idempotency_Key="r-1").status_code == 200
    body["answers"] = {"rating": 1}
    assert program.post("/responses", body, Idempotency_Key="r-1").status_code == 409
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "where"),
    [({"rating": 11}, "rating"), ({"shoe_size": 42}, "shoe_size"), ({}, "*")],
)
def test_answers_off_their_scale_are_named(program, answers, where):
    answer = program.post("/responses", {"answers": answers})
    assert answer.status_code == 422
    assert where in [fault["where"].split(".")[-1] for fault in answer.json()["errors"]]
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n\t\x00 "},
        {"text": "a" * 50_001},
        {"text": TOLD, "rating": 6},
        {"text": TOLD, "shoe_size": 42},
        {"text": TOLD, "external_id": "a\x00b"},
        {"text": TOLD, "received_at": "0001-01-01T00:00:00+14:00"},
        {"text": TOLD, "received_at": "2026-03-04T10:00:00"},
        {"text": TOLD, "received_at": "2999-03-04T10:00:00Z"},
        {"text": "\ud800"},
    ],
)
def test_body_that_cannot_be_taken_is_a_named_problem(program, body):
    answer = program.post("/comments", body)
    assert answer.status_code == 422 and answer.json()["errors"]
    assert not Comment.objects.exists()
    assert TOLD not in answer.content.decode()


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1, 2", "[" * 100_000])
def test_body_that_is_no_json_is_a_problem_too(program, body):
    answer = program.post("/comments", body)
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", EVERY_GET)
def test_nobody_is_told_who_to_be(path):
    answer = Program().get(path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["title"] == "Who are you?"
    assert Program("wh_invented").get(path).status_code == 401


def test_dead_tokens_open_nothing(program, broad):
    assert program.get("/places").status_code == 200
    now = timezone.now()
    ApiToken.objects.update(ends_at=now - timedelta(seconds=1))
    assert program.get("/places").status_code == 401
    ApiToken.objects.update(ends_at=now + timedelta(days=1), revoked_at=now)
    assert program.get("/places").status_code == 401
    ApiToken.objects.update(revoked_at=None)
    type(broad).objects.update(is_active=False)
    assert program.get("/places").status_code == 401


@pytest.mark.parametrize("path", EVERY_GET)
def test_token_does_no_more_than_it_says(path, broad, secret_of):
    narrow = Program(secret_of(broad, "message.read"))
    assert narrow.get(path).status_code == 403
    assert AuditRow.objects.filter(action="denied", actor_kind="api").count() == 1


def test_token_without_the_word_for_sending_sends_nothing(broad, secret_of):
    reader = Program(secret_of(broad, "comment.read"))
    assert reader.post("/comments", {"text": TOLD}).status_code == 403
    assert reader.post("/responses", {"answers": {"rating": 1}}).status_code == 403
    assert not Comment.objects.exists() and not Response.objects.exists()


def test_masked_reader_gets_words_without_names(program, broad, secret_of, place):
    reference = program.post("/comments", {"text": SAID, "place": place.code}).json()["reference"]
    masked = Program(secret_of(broad, "comment.read_masked"))
    before = masked.get(f"/comments/{reference}").json()
    assert (before["text"], before["masked"]) == (None, True)
    Worker().drain()
    after = masked.get(f"/comments/{reference}").json()
    assert "Novak" not in after["text"] and "kind" in after["text"] and after["masked"]


def test_reading_patients_words_is_written_down(program, place):
    reference = program.post("/comments", {"text": SAID}).json()["reference"]
    program.get("/comments")
    program.get(f"/comments/{reference}")
    reads = AuditRow.objects.filter(action="read", actor_kind="api")
    assert [row.object_kind for row in reads.order_by("sequence")] == ["api", "listen.comment"]


def test_other_organisation_is_not_there(program, neighbour):
    ward, said = neighbour
    assert program.get("/places").json()["items"] == []
    assert program.get("/comments").json()["items"] == []
    for answer in (
        program.get(f"/comments/{said.reference}"),
        program.get("/comments", place=ward.code),
        program.get("/measures/recommend/score", place=ward.code),
        program.post("/comments", {"text": TOLD, "place": ward.code}),
        program.post("/responses", {"answers": {"rating": 1}, "place": ward.code}),
    ):
        missing = program.get("/comments/C-NOTHERE")
        assert answer.status_code == 404 and answer.json() == missing.json()


def test_measure_of_too_few_is_not_told(program, place):
    for n in range(9):
        program.post("/responses", {"answers": {"recommend": n}, "place": place.code})
    Worker().drain()
    answer = program.get("/measures/recommend/score", months=24, place=place.code).json()
    assert (answer["n"], answer["estimate"], answer["few"]) == (None, None, True)


def test_measure_comes_with_n_interval_and_method(program, place):
    a_while_ago = (timezone.now() - timedelta(days=45)).isoformat()
    by_item = {one["item"]: one["code"] for one in program.get("/measures").json()}
    for n in range(40):
        body = {"answers": {"nurse_listen": 4 if n % 4 else 1}, "received_at": a_while_ago}
        assert program.post("/responses", body | {"place": place.code}).status_code == 201
    Worker().drain()
    code = by_item["pulse.nurse_listen"]
    found = program.get(f"/measures/{code}/score", months=6, place=place.code).json()
    assert (found["n"], found["estimate"]) == (40, 75) and found["low"] < 75 < found["high"]
    assert found["method"] and found["place"] == place.code


def test_lists_come_in_parts(program, place):
    for n in range(5):
        program.post("/comments", {"text": f"Word {n}"})
    first = program.get("/comments", limit=2).json()
    assert (first["total"], first["next"], len(first["items"])) == (5, 2, 2)
    last = program.get("/comments", limit=2, offset=4).json()
    assert (last["next"], len(last["items"])) == (None, 1)
    for wrong in ({"limit": 101}, {"limit": 0}, {"offset": -1}, {"offset": 10**30}):
        assert program.get("/comments", **wrong).status_code == 422


def test_too_many_requests_are_slowed_down_for_that_caller_only(
    program, monkeypatch, staff, secret_of
):
    monkeypatch.setattr(doors.per_caller, "num_requests", 3)
    answers = [program.get("/places").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = program.get("/places")
    assert int(refused["Retry-After"]) > 0 and refused.json()["title"] == "Too many requests"
    other = Program(secret_of(staff("analyst"), "place.read"))
    assert other.get("/places").status_code == 200


def test_session_of_a_person_reads_and_needs_the_pages_token_to_write(broad, signed_in):
    client = signed_in(broad)
    assert client.get("/api/v1/places").status_code == 200
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    answer = strict.post("/api/v1/comments", {"text": TOLD}, content_type="application/json")
    assert answer.status_code == 403 and not Comment.objects.exists()


def test_person_without_the_right_to_the_api_stays_outside(staff, signed_in, place):
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get("/api/v1/comments").status_code == 403


def test_document_is_there_for_everybody_and_pages_of_others_are_not():
    document = Program().get("/openapi.json").json()
    assert document["openapi"].startswith("3.") and "/api/v1/comments" in document["paths"]
    refusal = document["paths"]["/api/v1/comments"]["get"]["responses"]["401"]
    assert list(refusal["content"]) == ["application/problem+json"]
    assert Program().get("/docs").status_code == 404


def test_unknown_address_is_a_small_answer():
    answer = Program().get("/nothing")
    assert answer.status_code == 404 and answer["Content-Type"].startswith("application/")


@pytest.mark.capability("B19")
def test_findings_are_those_of_the_page_as_far_as_the_caller_may_see(
    broad, secret_of, place, other_place
):
    from wellheard.understand.findings.models import FindingRun
    from wellheard.understand.findings.tests.test_pages import AT, finding

    found = [
        finding("shift", place, "Ward 7 fell.", also=("clean",)),
        finding("gap", None, "Everywhere, language es.", group="language=es"),
        finding("theme_rise", other_place, "Bells.", measure="call_bell"),
    ]
    FindingRun.objects.create(
        organisation_id=place.organisation_id, made_at=AT, data_to=AT.date(), looked_at=20,
        policy="test", found=[each.as_dict() for each in found],
    )  # fmt: skip
    whole = Program(secret_of(broad)).get("/findings").json()
    assert [each["sentence"] for each in whole["items"]] == [each.sentence for each in found]
    first = whole["items"][0]
    assert (first["place_code"], first["n"], first["also"]) == (place.code, 300, ["clean"])
    assert (whole["looked_at"], whole["data_to"]) == (20, AT.date().isoformat())
    shifts = Program(secret_of(broad)).get("/findings", kind="shift", place=place.code).json()
    assert [each["kind"] for each in shifts["items"]] == ["shift"]
    assert AuditRow.objects.filter(object_id="findings").exists()
    numbers_only = Program(secret_of(broad, "measure.read")).get("/findings").json()
    assert "theme_rise" not in {each["kind"] for each in numbers_only["items"]}
    assert Program(secret_of(broad)).get("/findings", kind="nothing").status_code == 422


@pytest.mark.capability("G01", "G02")
def test_waits_and_missed_appointments_are_those_of_the_pages(
    broad, secret_of, place, other_place, monkeypatch
):
    from wellheard.understand.attendance.tests.visits import keep, seen

    now = datetime(2026, 4, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("wellheard.interop.api.operations.flow.timezone.now", lambda: now)
    keep(seen(place, "2026-03", 40, 30), seen(place, "2026-03", 5, 10, status="no_show"))
    keep(seen(other_place, "2026-03", 5, 6))
    (wait,) = Program(secret_of(broad)).get("/waits").json()
    assert (wait["place_code"], wait["n"], wait["median"]) == (place.code, 30, 40)
    assert (wait["over_limit"], wait["told_minus_measured"]) == (1, None)
    (missed,) = Program(secret_of(broad)).get("/missed-appointments", place=place.code).json()
    assert (missed["n"], missed["missed"], missed["no_show"]) == (40, 0.25, 0.25)
    assert Program(secret_of(broad)).get("/waits", place="ZZZZZ").status_code == 404
