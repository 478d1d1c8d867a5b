"""The demonstration's area: the planted share and the planted shift of who sends people."""

from __future__ import annotations

from typing import Any

from wellheard.config.demonstration.market import bring_new_patients, share_of_three_years
from wellheard.config.demonstration.people import Hospital
from wellheard.understand.share.queries import market
from wellheard.understand.share.referrals import referrals


def test_demonstration_gains_share_and_more_people_found_it_online(
    organisation: Any, other_place: Any, actor: Any, at: Any
) -> None:
    hospital = Hospital(organisation, (other_place,), actor)
    share_of_three_years(hospital, at)
    found = market(organisation.pk)
    assert found is not None and len(found.years) == 3
    assert 0.36 < (found.whole.published or 0) < 0.42
    assert [code for code, _ in found.rivals][:2] == ["990002", "990003"]
    assert bring_new_patients(hospital, at) == 2_200
    says = {each.source: each.says for each in referrals(organisation.pk, until=at.date()).sources}
    assert says["found online"] == "more" and says["family doctor"] == "less"
