from datetime import date

import pytest

from wellheard.people.visits.actions import NewCount, record_visits
from wellheard.people.visits.queries import visits, visits_by_group

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def test_visits_are_summed_over_places_and_half_open_months(place, other_place, actor, at):
    record_visits(
        [
            NewCount(place.pk, MAY, 100),
            NewCount(place.pk, JUNE, 50),
            NewCount(other_place.pk, MAY, 7),
        ],
        by=actor,
        at=at,
    )
    both = frozenset({place.pk, other_place.pk})
    assert visits(both, start=MAY, end=JULY) == 157
    assert visits(frozenset({place.pk}), start=MAY, end=JUNE) == 100


def test_visits_never_recorded_are_unknown_not_zero(place):
    assert visits(frozenset({place.pk}), start=MAY, end=JULY) is None


def test_visits_recorded_again_replace_the_earlier_count(place, actor, at):
    for count in (10, 12):
        record_visits([NewCount(place.pk, MAY, count, "language", "ar")], by=actor, at=at)
    one = frozenset({place.pk})
    assert visits_by_group(one, "language", start=MAY, end=JULY) == {"ar": 12}


def test_visits_in_the_middle_of_a_month_are_refused(place, actor, at):
    with pytest.raises(ValueError, match="first day"):
        record_visits([NewCount(place.pk, date(2026, 5, 2), 1)], by=actor, at=at)
