"""The auditor's pages."""

from datetime import datetime
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.audit.trail import acting, record_read

pytestmark = [pytest.mark.django_db, pytest.mark.capability("N01")]


@pytest.fixture
def auditor(signed_in: Any, staff: Any) -> Any:
    return signed_in(staff("auditor"))


@pytest.fixture
def history(staff: Any, organisation: Any, at: datetime) -> Any:
    ana = staff("px_specialist")
    by = Actor("staff", str(ana.pk), organisation.pk)
    record_read(by, ("resolve.case", "12"), at=at)
    with acting(by, at=at) as trail:
        trail.write("case.closed", ("resolve.case", "12"), reason="answered")
    record_read(Actor("patient", "P-1", organisation.pk), ("resolve.case", "12"), at=at)
    return ana


def shown(page: Any) -> list[tuple[str, str]]:
    return [(line.who, line.action) for line in page.context["lines"]]


def test_trail_shows_names_and_acts(auditor: Any, history: Any) -> None:
    page = auditor.get("/staff/audit/")
    assert (history.name, "case: closed") in shown(page)
    assert "reason answered" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=resolve.case&key=12", 3),
        ("kind=resolve.case&key=12&action=read", 2),
        ("kind=resolve.case&who=patient", 1),
        ("kind=resolve.case&since=2026-03-04&until=2026-03-04", 3),
        ("kind=resolve.case&until=2026-03-03", 0),
        ("key=' OR 1=1 --", 0),
    ],
)
def test_trail_is_narrowed(auditor: Any, history: Any, query: str, count: int) -> None:
    assert len(shown(auditor.get(f"/staff/audit/?{query}"))) == count


def test_trail_by_one_colleague(auditor: Any, history: Any) -> None:
    page = auditor.get(f"/staff/audit/?who={history.pk}")
    assert {who for who, _action in shown(page)} == {history.name}


@pytest.mark.parametrize("query", ["who=99999", "since=yesterday", "page=-3", "page=x"])
def test_trail_with_a_strange_filter_still_answers(auditor: Any, history: Any, query: str) -> None:
    assert auditor.get(f"/staff/audit/?{query}").status_code == 200


def test_trail_of_another_organisation_is_not_shown(auditor: Any, at: datetime) -> None:
    record_read(Actor("patient", "P-9", 999_999), ("resolve.case", "77"), at=at)
    assert shown(auditor.get("/staff/audit/?kind=resolve.case&key=77")) == []


def test_chain_is_checked_and_the_broken_row_is_named(auditor: Any, history: Any) -> None:
    assert "every row holds" in auditor.post("/staff/audit/verdict/").content.decode()
    row = AuditRow.objects.get(action="case.closed")
    AuditRow.objects.filter(pk=row.pk).update(details={"reason": "altered"})
    page = auditor.post("/staff/audit/verdict/").content.decode()
    assert "the chain is broken" in page
    assert f"does not hold is {row.sequence}" in page


def test_refusals_are_counted_and_listed(auditor: Any, history: Any) -> None:
    auditor.get("/staff/people/")
    assert "1 attempt was refused" in auditor.get("/staff/audit/").content.decode()
    assert [action for _who, action in shown(auditor.get("/staff/audit/refused/"))] == ["denied"]


def test_review_lists_everybody_with_their_roles(auditor: Any, staff: Any, place: Any) -> None:
    staff("nurse_manager", places=[place])
    page = auditor.get("/staff/audit/roles/").content.decode()
    assert "Nurse manager (Ward 7)" in page
    assert "privileged" in page
