"""The year of samples: drawn by the product's own actions, answered by the planted chance."""

from datetime import UTC, datetime
from unittest import mock

import pytest

from wellheard.config.demonstration import asked, people, unnamed
from wellheard.listen.sampling.models import SampleMember, SamplePlan, Wave
from wellheard.listen.sampling.queries import plan_state, wave_figures
from wellheard.people.visits.models import Visit

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.mark.django_db
def test_year_of_samples_is_answered_by_the_planted_chance():
    page = people.hospital_page()
    small = [
        each | {"visits_a_month": 60, "size": 40, "least": 0} for each in page["sampling"]["plans"]
    ]
    plan = people.plan_ending(NOW.date())
    hospital = people.found_hospital(NOW)
    with (
        mock.patch.object(asked, "_MONTHS", 3),
        mock.patch.dict(page["sampling"], {"plans": small}),
    ):
        done = asked.ask_for_a_year(hospital, plan, NOW, 7)
    assert done["visits"] == Visit.objects.count() == 3 * 2 * 60
    assert done["drawn"] == SampleMember.objects.count() > 150
    assert {plan_state(each) for each in SamplePlan.objects.all()} == {"running"}
    assert Wave.objects.count() == 6
    answered = SampleMember.objects.filter(ended_as="answered").count()
    assert done["answers"] == answered
    assert 0.1 < answered / done["drawn"] < 0.4
    found = wave_figures(SampleMember.objects.all())
    assert found.finished + found.partial == answered and found.started >= answered
    unseen = unnamed.ask_without_names(hospital, plan, NOW, 7)
    (wave,) = Wave.objects.filter(plan__anonymous=True)
    # Whom a draw takes hangs on the numbers of the visits, which go on counting on PostgreSQL.
    assert wave_figures(wave.members.all()).finished == unseen >= 5
    assert not wave.members.exclude(invitation__response=None).exists()


def test_planted_chance_is_lower_for_those_the_map_must_find():
    inpatients, _ = people.hospital_page()["sampling"]["plans"]
    chance = asked.propensity
    assert chance(inpatients, "ar", "50-64") < chance(inpatients, "es", "50-64")
    assert chance(inpatients, "es", "50-64") < chance(inpatients, "en", "50-64")
