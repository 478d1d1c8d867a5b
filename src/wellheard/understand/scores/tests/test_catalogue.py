from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wellheard.understand.scores.actions import (
    DecidedAlreadyError,
    OwnProposalError,
    decide_measure,
    propose_measure,
)
from wellheard.understand.scores.queries import history, measure, shipped_measures
from wellheard.understand.scores.tests.test_rules import ROW

DAY = date(2026, 4, 1)


@pytest.fixture
def proposed(staff: Any, person_of: Any, at: Any) -> Any:
    analyst = person_of(staff("analyst"))
    wider = {
        **ROW,
        "code": "quiet",
        "item": "pulse.quiet",
        "best": [3, 4],
        "says": "said usually or always",
    }
    return propose_measure(
        wider, reason="Usually is good enough", effective_from=DAY, by=analyst.actor, at=at
    )


@pytest.mark.capability("G05")
def test_measure_changes_only_once_a_second_person_approves(
    proposed: Any, staff: Any, person_of: Any, at: Any
) -> None:
    organisation_id = proposed.organisation_id
    assert measure(organisation_id, "quiet", on=DAY).best == {4}
    decide_measure(proposed.pk, approved=True, by=person_of(staff("px_specialist")).actor, at=at)
    assert measure(organisation_id, "quiet", on=DAY).best == {3, 4}
    assert measure(organisation_id, "quiet", on=date(2026, 3, 31)).version == 1
    assert [row.version for row in history(organisation_id, "quiet")] == [2]


def test_measure_declined_changes_nothing(
    proposed: Any, staff: Any, person_of: Any, at: Any
) -> None:
    other = person_of(staff("px_specialist")).actor
    decide_measure(proposed.pk, approved=False, note="Not comparable", by=other, at=at)
    assert measure(proposed.organisation_id, "quiet", on=DAY) == shipped_measures()["quiet"]
    with pytest.raises(DecidedAlreadyError):
        decide_measure(proposed.pk, approved=True, by=other, at=at)


def test_measure_is_not_approved_by_whoever_proposed_it(proposed: Any, at: Any) -> None:
    from wellheard.base.audit.actor import Actor

    by = Actor("staff", str(proposed.proposed_by_id), proposed.organisation_id)
    with pytest.raises(OwnProposalError):
        decide_measure(proposed.pk, approved=True, by=by, at=at)
