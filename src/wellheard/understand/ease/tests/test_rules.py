"""Ways of booking side by side, and who is hidden."""

from __future__ import annotations

import pytest

from wellheard.understand.ease.rules import Asked, by_channel, over_all

EASY, ONCE = frozenset({4, 5}), frozenset({1})


def asked(channel: str, *eases: int | None, tries: int | None = 1) -> list[Asked]:
    return [Asked(channel, f"{channel}{n}", ease, tries) for n, ease in enumerate(eases)]


@pytest.mark.capability("G03")
def test_share_of_each_way_of_booking_counts_only_those_who_answered() -> None:
    rows = asked("telephone", *[5] * 12, *[2] * 8, *[None] * 10) + asked("online", *[4] * 15)
    telephone, online = by_channel(rows, easy=EASY, once=ONCE, minimum=11)
    assert telephone.easy is not None and online.easy is not None
    assert (telephone.asked, telephone.easy.count, telephone.easy.n) == (30, 12, 20)
    assert (online.channel, online.easy.estimate) == ("online", 1)
    everybody = over_all(rows, easy=EASY, minimum=11)
    assert everybody is not None and (everybody.count, everybody.n) == (27, 35)


def test_few_are_hidden_with_the_next_smallest() -> None:
    rows = asked("telephone", *[5] * 30) + asked("desk", *[4] * 12) + asked("app", *[1] * 3)
    telephone, desk, app = by_channel(rows, easy=EASY, once=ONCE, minimum=11)
    assert telephone.easy is not None
    assert (desk.asked, desk.easy, app.asked, app.once) == (None, None, None, None)


def test_one_person_asked_often_is_one_person() -> None:
    rows = [Asked("desk", "the same", 5, 1)] * 20
    (desk,) = by_channel(rows, easy=EASY, once=ONCE, minimum=11)
    assert (desk.asked, desk.easy) == (None, None)
    assert over_all(rows, easy=EASY, minimum=11) is None
