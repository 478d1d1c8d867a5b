"""What may stay with an anonymous answer, without a database."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.listen.invitations.classes import shared, smallest

pytestmark = pytest.mark.capability("E01")
LEVELS = ((0, 1, 2), (0, 2), (0, 1), (0,), (1,), (2,))


def test_what_five_share_stays_and_what_fewer_share_goes_level_by_level() -> None:
    people = [("en", "18-49", "f")] * 6 + [("es", "65+", "m")] * 3 + [("es", "18-49", "f")] * 2
    kept = shared(people, LEVELS, 5)
    assert Counter(kept) == {("en", "18-49", "f"): 6, ("es", "", ""): 5}


def test_one_who_stands_alone_takes_the_smallest_others_along() -> None:
    people = [("en", "", "f")] * 7 + [("es", "", "f")] * 5 + [("ar", "", "m")]
    kept = shared(people, ((0,),), 5)
    # Blank alone would say: the one who speaks Arabic.
    assert Counter(kept) == {("en", "", ""): 7, ("", "", ""): 6}


def test_fewer_than_enough_keep_nothing() -> None:
    assert shared([("en",)] * 4, ((0,),), 5) == [("",)] * 4
    assert smallest([]) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["en", "es", "ar"]), st.sampled_from(["", "18-49", "65+"]),
            st.sampled_from(["f", "m", ""]),
        ),
        min_size=5, max_size=60,
    )
)  # fmt: skip
def test_no_class_is_ever_smaller_than_the_least(people: list[tuple[str, str, str]]) -> None:
    kept = shared(people, LEVELS, 5)
    # Those who share what is kept and those who are told apart by who they are: both are enough.
    assert smallest(kept) >= 5
    for told, may_stay in zip(people, kept, strict=True):
        assert all(part in ("", each) for part, each in zip(may_stay, told, strict=True))
