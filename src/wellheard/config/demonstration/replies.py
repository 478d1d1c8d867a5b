"""A year of public reviews on a second outlet, most answered, praise and criticism alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.config.demonstration.people import Hospital

_OUTLET = "County reviews"
# Stars, days ago, days until the reply stood there (None: unanswered), words.
_REVIEWS = (
    (5, 330, 6, "Everybody knew the plan and said it in plain words."),
    (1, 322, 9, "Rang three times about a bill and nobody could say who decides."),
    (4, 301, 5, "Friendly desk. The signs could be bigger."),
    (2, 288, 8, "Two hours in the corridor without a word."),
    (5, 270, 4, "The porter made my day."),
    (2, 262, 7, "The letter came in a language I do not read."),
    (3, 244, 6, "Good people, worn-out building."),
    (1, 231, 6, "Nobody listened when I said that the chair hurt."),
    (4, 215, 3, "Short wait, clear answers."),
    (2, 204, 5, "Lost my form twice."),
    (5, 188, 3, "I felt safe all night."),
    (1, 176, 4, "Shouting in the hall at three in the morning."),
    (5, 160, 4, "They asked what matters to me, and then did it."),
    (2, 149, 4, "Parking costs more than lunch."),
    (4, 131, 2, "The app worked, the line did not."),
    (1, 118, 3, "Rude on the telephone."),
    (5, 101, 2, "Kind, quick, thorough."),
    (2, 88, 3, "Cold soup, cold shoulder."),
    (4, 74, 2, "The video with an interpreter was a gift."),
    (1, 62, 2, "Was told to ring back, rang back, was told to ring back."),
    (5, 45, None, "Thank you to everybody on the night shift."),
    (3, 33, 2, "Half of it excellent, half of it chaos."),
    (2, 17, 2, "Waited an hour for a wheelchair."),
    (5, 8, None, "Best experience I have had anywhere."),
    (2, 2, None, "The door code was changed and nobody told visitors."),
    (4, 1, None, "Good news, told well."),
)


def write_reviews(hospital: Hospital, now: datetime) -> None:
    """The reviews, as an outlet gives them."""
    from wellheard.listen.reviews.actions import add_outlet, take
    from wellheard.listen.reviews.connectors.table import Pulled
    from wellheard.listen.reviews.rules import Entry

    began = now - timedelta(days=340)
    outlet = add_outlet(
        hospital.organisation, by=hospital.by, at=began, name=_OUTLET, kind="csv", about="review"
    )
    for n, (stars, days, _replied, words) in enumerate(_REVIEWS):
        written = now - timedelta(days=days, hours=5)
        place = hospital.places[(5 * n + 2) % len(hospital.places)].name
        entry = Entry(f"county-{n}", words, float(stars), 5, written, about=place, language="en")
        # Each was read soon after it was written: the days to a reply count from there.
        take(outlet, Pulled([entry]), by=hospital.by, at=written + timedelta(hours=1))


def answer(hospital: Hospital, now: datetime) -> None:
    """Replies written by one, approved by another and posted by hand; the newest ones wait."""
    from wellheard.config.demonstration.roles import staff_of
    from wellheard.listen.reviews.models import PublicReview
    from wellheard.people.access.person import person_of
    from wellheard.people.staff.models import User
    from wellheard.resolve.replies.actions.approving import approve
    from wellheard.resolve.replies.actions.drafting import beginnings, filled, write_draft
    from wellheard.resolve.replies.actions.posting import mark_posted

    writer, approver = (
        User.objects.get(email=staff_of(role)[0]["email"])
        for role in ("px_specialist", "grievance_officer")
    )
    one, other = person_of(writer, now=now).actor, person_of(approver, now=now).actor
    found = {each.external_id: each for each in PublicReview.objects.filter(outlet__name=_OUTLET)}
    for n, (_stars, _days, replied, _words) in enumerate(_REVIEWS):
        review = found[f"county-{n}"]
        is_last = n == len(_REVIEWS) - 2
        if replied is None and not is_last:
            continue
        at = review.written_at + timedelta(days=replied or 1)
        begin = beginnings(review, "en")[0]
        draft = write_draft(review, text=filled(begin, review), language="en", template=begin.code,
                            writer=writer, by=one, at=at)  # fmt: skip
        if replied is not None:
            approve(draft, approver=approver, by=other, at=at)
            mark_posted(draft.reply, url=f"https://reviews.example/county/{n}", user=writer,
                        by=one, at=at)  # fmt: skip
