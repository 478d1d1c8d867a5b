"""The demonstration's other voices: what a visitor finds on those pages."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.config.demonstration.people import Hospital
from wellheard.config.demonstration.roles import staff_of
from wellheard.config.demonstration.voices import hear
from wellheard.listen.intake.models import Comment
from wellheard.listen.interviews.models import Passage
from wellheard.listen.panels.models import Advice, ChoiceAnswer
from wellheard.listen.reviews.models import Listing, PublicReview, ReviewVersion
from wellheard.people.staff.models import User


@pytest.mark.django_db
def test_demonstration_has_something_of_every_other_voice(
    organisation: Any, place: Any, other_place: Any, actor: Any, at: Any
) -> None:
    email = staff_of("executive")[0]["email"]
    User.objects.create(email=email, name="E", organisation=organisation)
    hear(Hospital(organisation, (place, other_place), actor), at)
    reviews = PublicReview.objects.all()
    assert reviews.count() == 10 and reviews.filter(place__isnull=False).count() == 10
    assert ReviewVersion.objects.filter(kind="edited").count() == 1
    assert not reviews.filter(state="deleted").exists() and Listing.objects.count() == 1
    assert Comment.objects.filter(source="round").count() == 3
    assert Passage.objects.count() == 3 and ChoiceAnswer.objects.count() == 30
    assert Advice.objects.overdue(at.date()).count() == 1  # type: ignore[attr-defined]
