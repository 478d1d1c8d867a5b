"""A change of an instrument needs two people, and leaves what was answered before as it was."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.listen.surveys import actions, changes
from wellheard.listen.surveys.instruments import definition, instrument, version_marks
from wellheard.listen.surveys.models import InstrumentProposal

pytestmark = pytest.mark.django_db
HOME = "/staff/surveys/"
WORDS = {"text_en": "Was it clean?", "text_es": "¿Estaba limpio?", "text_ar": "هل كان نظيفًا؟"}


@pytest.mark.capability("B02")
def test_change_counts_once_a_second_person_approved_it(
    organisation: Any, staff: Any, signed_in: Any
) -> None:
    ana, ben = staff("px_specialist"), staff("px_specialist")
    client = signed_in(ana)
    posted = client.post(f"{HOME}pulse/items/clean/words/", WORDS | {"reason": "Plainer"})
    assert posted.status_code == 302
    proposal = InstrumentProposal.objects.get()
    assert instrument("pulse", organisation_id=organisation.pk).version == 1
    client.post(f"{HOME}proposals/{proposal.pk}/decision/", {"decision": "approve"})
    assert instrument("pulse", organisation_id=organisation.pk).version == 1, "not by oneself"
    signed_in(ben).post(f"{HOME}proposals/{proposal.pk}/decision/", {"decision": "approve"})
    newest = instrument("pulse", organisation_id=organisation.pk)
    assert (newest.version, newest.item("clean").text["es"]) == (2, "¿Estaba limpio?")
    assert instrument("pulse").version == 1, "other organisations keep theirs"
    assert (
        instrument("pulse", 1, organisation_id=organisation.pk).item("clean").text["en"]
        != "Was it clean?"
    )
    marks = version_marks("pulse", "clean", organisation_id=organisation.pk)
    assert [(mark.version, mark.change) for mark in marks] == [(2, "Plainer")]
    assert version_marks("pulse", "quiet", organisation_id=organisation.pk) == []
    page = client.get(f"{HOME}pulse/").content.decode()
    assert "Plainer" in page and "Trends are marked here for: clean" in " ".join(page.split())


def test_declined_change_leaves_no_version_and_its_number_is_not_used_again(
    organisation: Any, staff: Any, person_of: Any, at: Any
) -> None:
    ana, ben = (person_of(staff("px_specialist")).actor for _ in range(2))

    def propose(item: str) -> InstrumentProposal:
        data = definition("pulse", 1, organisation_id=organisation.pk)
        return actions.propose_version(
            changed=changes.without(data, item), reason="shorter", by=ana, at=at
        )

    first = propose("quiet")
    with pytest.raises(actions.OpenProposalError):
        propose("clean")
    actions.decide_version(proposal=first, approved=False, note="keep", by=ben, at=at)
    with pytest.raises(actions.AlreadyDecidedError):
        actions.decide_version(proposal=first, approved=True, by=ben, at=at)
    assert instrument("pulse", organisation_id=organisation.pk).version == 1
    assert propose("clean").version == 3


def test_form_with_a_problem_comes_back(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    posted = client.post(f"{HOME}pulse/items/clean/words/", WORDS | {"text_ar": " ", "reason": ""})
    assert posted.status_code == 422 and b"There is a problem" in posted.content
    taken = client.post(
        f"{HOME}pulse/items/",
        {"code": "clean", "scale": "frequency", "reason": "x", **WORDS},
    )
    assert taken.status_code == 422 and not InstrumentProposal.objects.exists()
    added = client.post(
        f"{HOME}pulse/items/", {"code": "food", "scale": "frequency", "reason": "x", **WORDS}
    )
    assert added.status_code == 302
    again = client.post(f"{HOME}pulse/items/quiet/end/", {"reason": "too long"})
    assert again.status_code == 422


def test_pages_are_read_by_many_and_changed_by_few(staff: Any, signed_in: Any) -> None:
    reader = signed_in(staff("executive"))
    assert reader.get(HOME).status_code == 200
    assert b"Change the words" not in reader.get(f"{HOME}pulse/").content
    assert reader.get(f"{HOME}pulse/items/clean/words/").status_code == 403
    assert reader.get(f"{HOME}nothing/").status_code == 404
    assert signed_in(staff("front_desk")).get(HOME).status_code == 403
