"""Other voices: public reviews, rounds, a study with two people, a board and a panel."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from wellheard.config.demonstration.people import Hospital

_REVIEWS = (
    (5, "The night nurse sat with my mother until she slept. I will not forget that."),
    (4, "Good doctors, clear words, only the car park is a misery."),
    (2, "Three calls to change one appointment, and each time a different answer."),
    (1, "We were sent home without anybody explaining the new tablets."),
    (5, "Everyone who came in said their name and what they would do."),
    (3, "Care was fine. The waiting room was full and nobody said how long."),
    (4, "The interpreter on the screen made all the difference for my father."),
    (2, "Lost my glasses between two wards and nobody rang back."),
    (5, "Quick, kind and honest about what they did not know yet."),
    (3, "Food cold, people warm."),
)
_REASONS = (("not:wait", 14), ("not:far", 12), ("not:manner", 4))


def hear(hospital: Hospital, now: datetime) -> None:
    """All of it, small."""
    random_ = random.Random(7)
    _reviews(hospital, now, random_)
    _rounds(hospital, now)
    _study(hospital, now)
    _panels(hospital, now)


def _reviews(hospital: Hospital, now: datetime, random_: random.Random) -> None:
    from wellheard.listen.reviews.actions import add_outlet, take
    from wellheard.listen.reviews.connectors.table import Pulled
    from wellheard.listen.reviews.rules import Entry

    by = hospital.by
    outlet = add_outlet(
        hospital.organisation, by=by, at=now, name="Town reviews", kind="csv", about="review"
    )
    entries = [
        Entry(
            f"town-{n}",
            words,
            float(stars),
            5,
            now - timedelta(days=9 * n + random_.randrange(5), hours=3),
            about=hospital.places[(7 * n + 3) % len(hospital.places)].name,
            language="en",
        )
        for n, (stars, words) in enumerate(_REVIEWS)
    ]
    take(outlet, Pulled(entries), by=by, at=now - timedelta(hours=2))
    changed = Entry("town-3", "They called later and explained the tablets.", 3.0, 5,
                    entries[3].written_at, about=entries[3].about, language="en")  # fmt: skip
    take(outlet, Pulled([changed]), by=by, at=now - timedelta(hours=1))
    listings = add_outlet(
        hospital.organisation, by=by, at=now, name="Town directory", kind="csv", about="listing"
    )
    name = f"{hospital.organisation.name} Express"
    take(listings, Pulled([Entry("dir-1", name, about="12 Mill Road")]), by=by, at=now)


def _rounds(hospital: Hospital, now: datetime) -> None:
    from wellheard.listen.rounds.actions import name_beds, note_round
    from wellheard.listen.rounds.models import Bed

    # The ward of the nurse manager one can be.
    ward = next((p for p in hospital.places if p.name.startswith("Ward 7")), hospital.places[0])
    labels = [f"{room}{bed}" for room in range(1, 6) for bed in "AB"]
    name_beds(ward, labels, by=hospital.by, at=now)
    told = (
        ("fixed", "worry", "The call bell was out of reach. Moved it."),
        ("assigned", "next", "Nobody told me when I will see the doctor about going home."),
        ("thanked", "thanks", "The porter who made my wife laugh on the way to the scan."),
        ("thanked", "", ""),
    )
    for n, (bed, (outcome, prompt, note)) in enumerate(
        zip(Bed.objects.filter(place=ward), told, strict=False)
    ):
        note_round(place=ward, bed=bed, outcome=outcome, prompt=prompt, note=note,
                   key=f"demo-{n}", by=hospital.by, at=now - timedelta(hours=20 + n))  # fmt: skip


def _study(hospital: Hospital, now: datetime) -> None:
    from wellheard.listen.interviews import actions
    from wellheard.listen.interviews.rules import read_codes

    by = hospital.by
    study = actions.begin_study(
        hospital.organisation, title="Going home", kind="interviews", by=by, at=now,
        question="What makes the first night at home hard?",
        guide="1. Tell me about the day you went home.\n2. What did you miss?",
        quotas={"Spanish speakers": 3, "Living alone": 3},
    )  # fmt: skip
    for quota, name, quote in zip(study.quotas.all(), ("Lucía M.", "Harold B."), (True, False),
                                  strict=True):  # fmt: skip
        actions.add_participant(quota, name=name, agreed=True, may_quote=quote, may_record=True,
                                by=by, at=now)  # fmt: skip
    words = "I: How was it?\nP1: The papers were in English, so I guessed the tablets.\nP2: Quiet."
    actions.keep_transcript(study, title="First talks", held_on=now.date() - timedelta(days=6),
                            text=words, by=by, at=now)  # fmt: skip
    codes = read_codes("papers = Papers: what is handed over\nalone = Being alone")
    actions.new_codes(study, codes, by=by, at=now)


def _panels(hospital: Hospital, now: datetime) -> None:
    from wellheard.config.demonstration.roles import staff_of
    from wellheard.listen.panels import actions
    from wellheard.people.staff.models import User

    by, today = hospital.by, now.date()
    board = actions.begin_panel(hospital.organisation, name="Patient and family board",
                                kind="advisory", by=by, at=now)  # fmt: skip
    for name, language, sex in (("Grace O.", "en", "female"), ("Mateo R.", "es", "male")):
        actions.add_member(board, name=name, language=language, sex=sex, by=by, at=now,
                           starts_on=today - timedelta(days=200),
                           ends_on=today + timedelta(days=500))  # fmt: skip
    meeting = actions.note_meeting(
        board, held_on=today - timedelta(days=40), by=by, at=now,
        agenda="1. What became of our advice\n2. Signs in the main hall",
    )  # fmt: skip
    owner = User.objects.get(email=staff_of("executive")[0]["email"])
    for text, days in (("Put a clock where patients can see it", -5), ("Sell fruit", 30)):
        actions.note_advice(board, text=text, owner=owner, due_on=today + timedelta(days=days),
                            meeting=meeting, by=by, at=now)  # fmt: skip
    lost = actions.begin_panel(hospital.organisation, name="People who went elsewhere",
                               kind="lost", by=by, at=now)  # fmt: skip
    n = 0
    for reason, count in _REASONS:
        for _ in range(count):
            actions.tell_choice(lost, reason=reason, told_on=today - timedelta(days=n),
                                language=("en", "es")[n % 2], went_to="Lakeside Clinic",
                                by=by, at=now)  # fmt: skip
            n += 1
