"""The pages of the staff: who may see what, steps with and without JavaScript, collisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.audit.queries import rows_about
from wellheard.resolve.complaints.actions import closing, working
from wellheard.resolve.complaints.actions.rulebook import set_policy
from wellheard.resolve.complaints.models import (
    Assignment,
    Case,
    Draft,
    LetterDispatch,
    Note,
    Presence,
    SavedView,
)
from wellheard.resolve.complaints.tests.conftest import POLICY
from wellheard.resolve.complaints.tests.working import PARTS, closed, investigate, make_ready

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]
Signed = Callable[[Any], Any]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def text(response: Any) -> str:
    return str(response.content.decode())


def test_inbox_lists_a_case_with_its_rule_and_day(
    opened: Opened, signed_in: Signed, officer: Any, now: datetime
) -> None:
    opened(at=now - timedelta(days=5), text="Nobody came.")
    page = text(signed_in(officer).get("/staff/inbox/"))
    assert "Ana Example" in page
    assert "Nobody came." in page
    assert "First reply:" in page


def test_open_case_shows_every_clock_and_what_is_missing(
    opened: Opened, signed_in: Signed, officer: Any, now: datetime
) -> None:
    case = opened(at=now - timedelta(days=5))
    page = text(signed_in(officer).get(f"/staff/inbox/?case={case.pk}"))
    assert "Written notice: day 5 of 7" in page
    assert "Write down how the person sees it, before our view." in page
    assert "Contact person, Steps taken, Results, Date of completion" in page


def test_empty_inbox_says_so(signed_in: Signed, officer: Any) -> None:
    assert "The inbox is empty" in text(signed_in(officer).get("/staff/inbox/"))


@pytest.mark.capability("N01")
@pytest.mark.capability("C04")
def test_opening_a_case_is_audited_once(opened: Opened, signed_in: Signed, officer: Any) -> None:
    case = opened()
    signed_in(officer).get(f"/staff/cases/{case.pk}/")
    rows = rows_about(case.organisation_id, "resolve.case", str(case.pk))
    assert [row.action for row in rows if row.action == "read"] == ["read"]


@pytest.mark.capability("N01")
def test_curious_manager_of_another_place_is_refused_and_noted(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any], other_place: Any
) -> None:
    case, curious = opened(), staff("nurse_manager", places=[other_place])
    assert signed_in(curious).get(f"/staff/cases/{case.pk}/").status_code == 403
    denied = AuditRow.objects.filter(action="denied").get()
    assert (denied.object_kind, denied.object_id) == ("resolve.case", str(case.pk))


@pytest.mark.capability("N01")
def test_confidential_case_is_for_those_who_need_to_know(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any], by_officer: Actor, at: datetime
) -> None:
    case, specialist = opened(), staff("px_specialist")
    browser = signed_in(specialist)
    assert browser.get(f"/staff/cases/{case.pk}/").status_code == 200
    working.mark_confidential(
        case_id=case.pk, confidential=True, why="Staff as patient", by=by_officer, at=at
    )
    assert browser.get(f"/staff/cases/{case.pk}/").status_code == 403
    assert case.reference not in text(browser.get("/staff/inbox/"))


@pytest.mark.capability("N01")
def test_denial_on_a_case_beats_every_role(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any], at: datetime
) -> None:
    from wellheard.people.access.models import Ruling

    case, specialist = opened(), staff("px_specialist")
    Ruling.objects.create(
        organisation_id=case.organisation_id,
        user=specialist,
        effect="deny",
        case_id=case.pk,
        reason="Named",
        made_by="test",
        made_at=at,
    )
    assert signed_in(specialist).get(f"/staff/cases/{case.pk}/").status_code == 403


def test_other_organisation_sees_nothing(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any], at: datetime
) -> None:
    from wellheard.people.places.actions import add_organisation

    case = opened()
    other = add_organisation(
        name="Other",
        slug="other",
        country="US",
        jurisdiction="us-hospital",
        zone="UTC",
        languages=["en"],
        at=at,
    )
    stranger = staff("grievance_officer", in_=other)
    assert signed_in(stranger).get(f"/staff/cases/{case.pk}/").status_code == 404


def post(browser: Any, case: Case, name: str, back: str = "", **fields: Any) -> Any:
    data = {f"step-{key}": value for key, value in fields.items()}
    return browser.post(f"/staff/cases/{case.pk}/steps/{name}/", data | {"back": back})


def test_note_is_taken_from_the_page_and_leads_back(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case = opened()
    answer = post(signed_in(officer), case, "note", words="Called the ward.")
    assert (answer.status_code, answer.url) == (302, f"/staff/cases/{case.pk}/")
    assert Note.objects.get().words == "Called the ward."


def test_note_from_the_inbox_leads_back_to_the_same_filter(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case = opened()
    answer = post(signed_in(officer), case, "note", back="inbox?owner=me", words="x")
    assert answer.url == f"/staff/inbox/?owner=me&case={case.pk}"


def test_step_without_permission_is_refused(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any]
) -> None:
    case = opened()
    assert post(signed_in(staff("auditor")), case, "note", words="x").status_code == 403
    assert Note.objects.count() == 0


@pytest.mark.parametrize("bad", ["", "   ", "\x00"])
def test_empty_note_is_sent_back_with_words(
    opened: Opened, signed_in: Signed, officer: Any, bad: str
) -> None:
    answer = post(signed_in(officer), opened(), "note", words=bad)
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)


def test_close_that_may_not_be_says_what_is_missing(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case = opened()
    answer = post(
        signed_in(officer), case, "close", back="inbox?", reason="satisfied", satisfied="yes"
    )
    assert answer.status_code == 422
    assert "The written notice has not been sent." in text(answer)


def test_htmx_gets_the_same_page_as_200(opened: Opened, signed_in: Signed, officer: Any) -> None:
    case = opened()
    answer = signed_in(officer).post(
        f"/staff/cases/{case.pk}/steps/note/", {"step-words": ""}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == f"/staff/cases/{case.pk}/?do=note"


def test_close_and_next_goes_to_the_next_case_and_offers_undo(
    opened: Opened, signed_in: Signed, officer: Any, by_officer: Actor, now: datetime
) -> None:
    case, following = opened(at=now), opened(at=now, text="Another")
    make_ready(case, by_officer, now)
    browser = signed_in(officer)
    answer = post(
        browser, case, "close", back="inbox?owner=me", reason="satisfied", satisfied="yes"
    )
    assert answer.url == f"/staff/inbox/?owner=me&case={following.pk}&closed={case.pk}"
    page = text(browser.get(answer.url))
    assert f"/staff/cases/{case.pk}/undo/" in page
    browser.post(f"/staff/cases/{case.pk}/undo/")
    case.refresh_from_db()
    assert case.is_open


def test_second_person_to_save_gets_409_with_what_changed_and_keeps_the_words(
    opened: Opened, signed_in: Signed, officer: Any, staff: Callable[..., Any], now: datetime
) -> None:
    case, other = opened(at=now), staff("px_specialist")
    by_other = Actor("staff", str(other.pk), other.organisation_id, "Tom Ashby")
    working.add_note(case_id=case.pk, words="Faster", by=by_other, at=now)
    answer = signed_in(officer).post(
        f"/staff/cases/{case.pk}/steps/assign/",
        {
            "step-owner": other.pk,
            "step-why": "My reason stays",
            "step-seen": case.version,
            "opened": str(now.timestamp() - 1),
        },
    )
    page = text(answer)
    assert answer.status_code == 409
    assert "Somebody else was faster" in page
    assert "Tom Ashby" in page
    assert "My reason stays" in page
    case.refresh_from_db()
    assert f'name="step-seen" value="{case.version}"' in page.replace('type="hidden" ', "")


def test_who_else_is_here_is_said(
    opened: Opened, signed_in: Signed, officer: Any, staff: Callable[..., Any], now: datetime
) -> None:
    case, other = opened(), staff("px_specialist")
    Presence.objects.create(
        organisation_id=case.organisation_id,
        case=case,
        user=other,
        since=now - timedelta(minutes=2),
        seen_at=now,
        writing=True,
    )
    page = text(signed_in(officer).get(f"/staff/cases/{case.pk}/presence/"))
    assert f"{other.name} is writing in this case" in page


def test_presence_says_when_the_page_is_old(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case = opened()
    page = text(signed_in(officer).get(f"/staff/cases/{case.pk}/presence/?version=0"))
    assert "has changed since you opened it" in page


def test_draft_is_kept_sealed_and_offered_again(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case, browser = opened(), signed_in(officer)
    browser.post(f"/staff/cases/{case.pk}/drafts/note/", {"step-words": "Half a thought"})
    assert "Half a thought" in text(browser.get(f"/staff/cases/{case.pk}/?do=note"))
    post(browser, case, "note", words="Half a thought, finished")
    assert Draft.objects.count() == 0


def test_letter_is_checked_previewed_and_sent_with_the_closure(
    opened: Opened, signed_in: Signed, officer: Any, by_officer: Actor, now: datetime
) -> None:
    case = opened(at=now)
    investigate(case, by_officer, now)
    browser, address = signed_in(officer), f"/staff/cases/{case.pk}/letters/decision/"
    parts = {f"step-{code}": words for code, words in PARTS.items()}
    blamed = parts | {"step-results": "You should have rung again.", "what": "send"}
    answer = browser.post(address, blamed)
    assert answer.status_code == 422
    assert "This can read as blame" in text(answer)
    browser.post(address, parts | {"what": "keep"})
    page = text(browser.get(f"/staff/cases/{case.pk}/?do=letter"))
    assert "Dear Ana Example," in page
    answer = browser.post(
        address, parts | {"what": "close", "reason": "satisfied", "satisfied": "yes"}
    )
    case.refresh_from_db()
    assert (answer.status_code, case.ending) == (302, "satisfied")
    assert "31 minutes" in LetterDispatch.objects.get().body


def test_letter_opens_when_the_policy_knows_no_address_of_the_agency(
    opened: Opened, signed_in: Signed, officer: Any, organisation: Any, actor: Actor, now: datetime
) -> None:
    case = opened(at=now)
    data = POLICY | {"agency_address": ""}
    set_policy(organisation=organisation, data=data, reason="Not known yet", by=actor, at=now)
    answer = signed_in(officer).get(f"/staff/cases/{case.pk}/?do=letter")
    assert answer.status_code == 200
    assert "State Health Office" not in text(answer)


def test_letter_that_cannot_close_is_not_sent_either(
    opened: Opened, signed_in: Signed, officer: Any, by_officer: Actor, now: datetime
) -> None:
    case = opened(at=now)
    investigate(case, by_officer, now)
    working.add_issue(case_id=case.pk, words="And the noise", by=by_officer, at=now)
    parts = {f"step-{code}": words for code, words in PARTS.items()}
    answer = signed_in(officer).post(
        f"/staff/cases/{case.pk}/letters/decision/", parts | {"what": "close"}
    )
    assert answer.status_code == 422
    assert "Each issue needs its own outcome" in text(answer)
    assert LetterDispatch.objects.count() == 0


def test_specialist_writes_but_does_not_release_a_formal_answer(
    opened: Opened, signed_in: Signed, staff: Callable[..., Any], by_officer: Actor, now: datetime
) -> None:
    case = opened(at=now)
    investigate(case, by_officer, now)
    parts = {f"step-{code}": words for code, words in PARTS.items()}
    browser = signed_in(staff("px_specialist"))
    address = f"/staff/cases/{case.pk}/letters/decision/"
    assert browser.post(address, parts | {"what": "send"}).status_code == 403
    assert browser.post(address, parts | {"what": "ask"}).status_code == 302
    assert case.escalations.get().rule == "letter_ready"


def test_bulk_shows_the_change_first_and_leaves_out_what_may_not(
    opened: Opened, signed_in: Signed, officer: Any, staff: Callable[..., Any], now: datetime
) -> None:
    calm, danger = opened(at=now), opened(at=now, tier="immediate", text="Danger")
    data = {"case": [calm.pk, danger.pk], "change": "snooze", "until": "week"}
    browser = signed_in(officer)
    page = text(browser.post("/staff/inbox/several/", data))
    assert "A case of possible danger is not put aside." in page
    calm.refresh_from_db()
    assert calm.snoozed_until is None
    browser.post("/staff/inbox/several/", data | {"sure": "yes"})
    calm.refresh_from_db()
    danger.refresh_from_db()
    assert calm.snoozed_until is not None
    assert danger.snoozed_until is None


def test_bulk_leaves_alone_what_moved_since_the_preview(
    opened: Opened,
    signed_in: Signed,
    officer: Any,
    staff: Callable[..., Any],
    by_officer: Actor,
    now: datetime,
) -> None:
    case, other = opened(at=now), staff("px_specialist")
    seen = case.version
    working.add_note(case_id=case.pk, words="x", by=by_officer, at=now)
    rows = Assignment.objects.count()
    answer = signed_in(officer).post(
        "/staff/inbox/several/",
        {
            "case": [case.pk],
            "change": "assign",
            "owner": other.pk,
            "sure": "yes",
            f"version-{case.pk}": seen,
        },
        follow=True,
    )
    assert "was left as it is" in text(answer)
    assert Assignment.objects.count() == rows


def test_view_is_kept_shared_and_forgotten(
    opened: Opened, signed_in: Signed, officer: Any, staff: Callable[..., Any]
) -> None:
    browser = signed_in(officer)
    browser.post(
        "/staff/inbox/views/",
        {"name": "My late ones", "query": "owner=me&due=late", "shared": "on"},
    )
    view = SavedView.objects.get()
    assert view.query == "owner=me&due=late"
    assert "My late ones" in text(browser.get("/staff/inbox/"))
    assert "My late ones" in text(signed_in(staff("px_specialist")).get("/staff/inbox/"))
    assert browser.post(f"/staff/inbox/views/{view.pk}/deletion/").status_code == 404
    signed_in(officer).post(f"/staff/inbox/views/{view.pk}/deletion/")
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ana+EXAMPLE", True),
        ("q=example", True),
        ("q=bell", True),
        ("q=nobody+else", False),
        ("status=snoozed", False),
        ("due=late", True),
        ("owner=nobody", True),
        ("tier=immediate", False),
        ("language=en", True),
        ("language=es", False),
        ("kind=inquiry", False),
        ("theme=noise", False),
        ("place=999999", False),
        ("status=nonsense", True),
    ],
)
def test_filters_find_what_they_say(
    opened: Opened, signed_in: Signed, officer: Any, now: datetime, query: str, found: bool
) -> None:
    opened(at=now - timedelta(days=9), text="Nobody answered the bell.")
    page = text(signed_in(officer).get(f"/staff/inbox/?{query}"))
    assert ("Ana Example" in page) is found


def test_search_finds_by_reference_as_it_is_dictated(
    opened: Opened, signed_in: Signed, officer: Any
) -> None:
    case = opened()
    typed = case.reference.lower().replace("-", " ")
    assert case.reference in text(signed_in(officer).get("/staff/inbox/", {"q": typed}))


@pytest.mark.capability("C02")
def test_call_is_written_up_with_the_clock_at_the_time_of_the_call(
    signed_in: Signed,
    staff: Callable[..., Any],
    place: Any,
    officer: Any,
    policy: Any,
    now: datetime,
) -> None:
    from zoneinfo import ZoneInfo

    local = (now - timedelta(hours=3)).astimezone(ZoneInfo("America/Chicago"))
    desk = staff("front_desk", places=[place])
    answer = signed_in(desk).post(
        "/staff/cases/new/",
        {
            "channel": "phone",
            "received_at": local.strftime("%Y-%m-%dT%H:%M"),
            "place": place.pk,
            "text": "The doctor never came.",
            "wish": "An explanation",
            "read_back": "on",
            "subjects": ["care"],
            "name": "Ana Example",
            "email": "ana@example.org",
            "may_write": "on",
            "language": "es",
            "complainant": "patient",
        },
    )
    assert answer.status_code == 302
    case = Case.objects.get()
    assert abs(case.received_at - (now - timedelta(hours=3))) < timedelta(minutes=1)
    assert (case.channel, case.klass, case.language) == ("phone", "grievance", "es")
    assert case.perspectives.get().confirmed
    assert case.acknowledgements.get().way == "message"


@pytest.mark.capability("C05")
@pytest.mark.parametrize("query", ["", "status=open", "status=closed", "tier=high", "severity=3"])
def test_totals_equal_the_register_for_any_filter(
    opened: Opened,
    person_of: Callable[[Any], Any],
    officer: Any,
    by_officer: Actor,
    at: datetime,
    query: str,
) -> None:
    from django.http import QueryDict

    from wellheard.resolve.complaints.queries.filters import read_filter
    from wellheard.resolve.complaints.queries.register import register, totals

    closed(opened(), by_officer, at)
    opened(source="card", tier="normal", text="Two")
    third = opened(text="Three")
    working.add_issue(
        case_id=third.pk, words="x", severity=3, category="safety", by=by_officer, at=at
    )
    repeat = opened(text="Three again")
    closing.link_case(case_id=repeat.pk, first_id=third.pk, why="Same", by=by_officer, at=at)
    person = person_of(officer)
    wanted = read_filter({"status": "any"} | QueryDict(query).dict())
    listed = list(register(person, wanted, at))
    counted = totals(person, wanted, at)
    assert counted.cases == len(listed)
    for way in (
        counted.by_place,
        counted.by_class,
        counted.by_tier,
        counted.by_status,
        counted.by_age,
    ):
        assert sum(total.count for total in way) == len(listed)
    for total in counted.by_class:
        assert total.count == sum(case.klass == total.code for case in listed)


@pytest.mark.parametrize("page", ["rules", "priority", "policy", "team"])
def test_rule_pages_open_for_those_who_may(
    signed_in: Signed, officer: Any, staff: Callable[..., Any], page: str
) -> None:
    assert signed_in(officer).get(f"/staff/cases/{page}/").status_code == 200
    assert signed_in(staff("front_desk")).get(f"/staff/cases/{page}/").status_code == 403


def test_every_step_form_opens(opened: Opened, signed_in: Signed, officer: Any) -> None:
    from wellheard.resolve.complaints.views.steps import STEPS

    case, browser = opened(), signed_in(officer)
    for name in [*STEPS, "letter", "interim", "translation"]:
        answer = browser.get(f"/staff/cases/{case.pk}/?do={name}")
        assert answer.status_code == 200, name


def test_list_is_read_with_few_queries(
    opened: Opened,
    signed_in: Signed,
    officer: Any,
    django_assert_max_num_queries: Any,
    now: datetime,
) -> None:
    browser = signed_in(officer)
    opened(at=now)
    browser.get("/staff/inbox/")
    for number in range(6):
        opened(at=now, text=f"Case {number}")
    with django_assert_max_num_queries(45):
        browser.get("/staff/inbox/")


@pytest.mark.capability("N04")
def test_family_on_the_line_without_consent_gets_general_information_only(
    opened: Opened, signed_in: Signed, officer: Any, by_officer: Actor, at: datetime
) -> None:
    from wellheard.resolve.complaints.actions.assigning import add_person

    case, browser = opened(), signed_in(officer)
    page = text(browser.get(f"/staff/cases/{case.pk}/?do=contact"))
    assert "The patient has not agreed that we talk with anybody" in page
    add_person(case_id=case.pk, part="family", name="Luis", may_hear=True, by=by_officer, at=at)
    page = text(browser.get(f"/staff/cases/{case.pk}/?do=contact"))
    assert "The patient agrees that we talk with Luis." in page


@pytest.mark.capability("C08")
def test_reopening_lowers_effectiveness(
    opened: Opened, officer: Any, person_of: Callable[[Any], Any], by_officer: Actor, at: datetime
) -> None:
    from wellheard.resolve.complaints.queries.filters import CaseFilter
    from wellheard.resolve.complaints.queries.register import effectiveness

    person, every = person_of(officer), CaseFilter(status="any")
    cases = [opened(text=f"Case {number}") for number in range(3)]
    for case in cases:
        make_ready(case, by_officer, at)
        closing.close_case(
            case_id=case.pk, reason="satisfied", satisfied="yes", by=by_officer, at=at
        )
    assert effectiveness(person, every, at) == (3, 3)
    closing.reopen_case(case_id=cases[0].pk, why="Again", by=by_officer, at=at)
    assert effectiveness(person, every, at) == (2, 2)
    make_ready(cases[0], by_officer, at)
    closing.close_case(
        case_id=cases[0].pk, reason="satisfied", satisfied="yes", by=by_officer, at=at
    )
    assert effectiveness(person, every, at) == (2, 3)


@pytest.mark.parametrize(("ratings", "shown"), [(4, False), (5, True)])
def test_how_the_handling_felt_is_shown_from_five_answers_on(
    opened: Opened,
    officer: Any,
    person_of: Callable[[Any], Any],
    by_officer: Actor,
    actor: Actor,
    at: datetime,
    ratings: int,
    shown: bool,
) -> None:
    from wellheard.resolve.complaints.queries.filters import CaseFilter
    from wellheard.resolve.complaints.queries.register import handling

    for number in range(ratings):
        case = opened(text=f"Case {number}")
        closed(case, by_officer, at)
        closing.rate_handling(
            case_id=case.pk, respect=number + 1, process=4, outcome=3, by=actor, at=at
        )
    found = handling(person_of(officer), CaseFilter(status="any"), at)
    assert found.ratings == ratings
    assert (found.respect == 3.0) is shown
