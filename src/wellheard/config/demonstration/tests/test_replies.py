"""The demonstration's reply desk has something of everything."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.config.demonstration import replies
from wellheard.config.demonstration.people import Hospital
from wellheard.config.demonstration.roles import staff_of
from wellheard.people.access.person import person_of
from wellheard.people.staff.models import User
from wellheard.resolve.replies import queries


@pytest.mark.django_db
@pytest.mark.any_database
def test_demonstration_answers_both_tones_over_a_year(
    organisation: Any, place: Any, other_place: Any, actor: Any, staff: Any, at: Any
) -> None:
    for role in ("px_specialist", "grievance_officer"):
        user = staff(role)
        user.email = staff_of(role)[0]["email"]
        user.save()
    hospital = Hospital(organisation, (place, other_place), actor)
    replies.write_reviews(hospital, at)
    replies.answer(hospital, at)
    person = person_of(User.objects.get(email=staff_of("px_specialist")[0]["email"]), now=at)
    found = queries.answers(person, now=at)
    shares = {each.tone: each.share for each in queries.coverage(found)}
    for tone in ("positive", "negative"):
        share = shares[tone]
        assert share is not None and share.n > 5
    assert len(queries.months(found)) >= 10
    states = {each.state for each in queries.unanswered(person, now=at)}
    assert states == {"unanswered", "drafted"}
