"""Outlets: adding them, keeping what they published, and saying what a machine cannot know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.actions import (
    NewComment,
    amend_comment,
    place_comment,
    receive_comment,
    remove_comment,
)
from wellheard.listen.reviews.codec import UnreadableError
from wellheard.listen.reviews.connectors.table import Pulled, connector_of
from wellheard.listen.reviews.models import Outlet, OutletReading, PublicReview, ReviewVersion
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.rules import (
    Entry,
    Known,
    Match,
    has_keyword,
    match_place,
    spam_signs,
    withdrawn,
)
from wellheard.listen.reviews.transport import FetchError
from wellheard.people.places.models import Organisation, Place

State, Kind = PublicReview.State, ReviewVersion.Kind


def add_outlet(organisation: Organisation, *, by: Actor, at: datetime, **about: Any) -> Outlet:
    """Keep a new outlet. Raises IntegrityError for a name that is there already."""
    with acting(by, at=at) as trail:
        outlet = Outlet.objects.create(organisation=organisation, added_at=at, **about)
        trail.write("outlet.added", outlet, kind=outlet.kind, about=outlet.about)
    return outlet


def pause_outlet(outlet: Outlet, *, paused: bool, by: Actor, at: datetime) -> None:
    """Stop reading an outlet, or read it again."""
    with acting(by, at=at) as trail:
        outlet.paused_at = at if paused else None
        outlet.save(update_fields=["paused_at"])
        trail.write("outlet.paused" if paused else "outlet.resumed", outlet)


def read_outlet(outlet: Outlet, *, by: Actor, at: datetime) -> OutletReading:
    """Fetch an outlet and keep what is new. A failure is written down and changes nothing."""
    try:
        pulled = connector_of(outlet)(outlet)
    except (FetchError, UnreadableError) as error:
        with acting(by, at=at) as trail:
            trail.write("outlet.failed", outlet, code=error.code)
            return OutletReading.objects.create(
                outlet=outlet, outcome=OutletReading.Outcome.FAILED, code=error.code[:60], at=at
            )
    return take(outlet, pulled, by=by, at=at)


def take(outlet: Outlet, pulled: Pulled, *, by: Actor, at: datetime) -> OutletReading:
    """Keep what was pulled: all of it or nothing. The same again changes nothing."""
    if pulled.unchanged:
        return OutletReading.objects.create(
            outlet=outlet, outcome=OutletReading.Outcome.UNCHANGED, at=at
        )
    with acting(by, at=at) as trail:
        # Two readings of one outlet at once would both find an entry new.
        Outlet.objects.select_for_update().get(pk=outlet.pk)
        if outlet.about == Outlet.About.LISTING:
            from wellheard.listen.reviews.listings import take_listings

            counts = take_listings(outlet, pulled.entries, trail, at)
        else:
            counts = _Taking(outlet, by, at, trail).take(pulled)
        outlet.etag, outlet.modified = pulled.etag, pulled.modified
        outlet.save(update_fields=["etag", "modified"])
        trail.write("outlet.read", outlet, **counts)
        return OutletReading.objects.create(
            outlet=outlet, outcome=OutletReading.Outcome.READ, at=at, broken=pulled.broken,
            **{name: counts[name] for name in ("new", "edited", "deleted", "left_out")},
        )  # fmt: skip


@dataclass(slots=True)
class _Taking:
    """One outlet's entries on their way into reviews and comments."""

    outlet: Outlet
    by: Actor
    at: datetime
    trail: Trail

    def take(self, pulled: Pulled) -> Counter[str]:
        done: Counter[str] = Counter()
        most = public_policy().pull["most_entries"]
        entries = {each.external_id: each for each in pulled.entries[:most]}
        known = self._known(entries)
        words = Counter(each.text for each in entries.values() if each.text)
        places = known_places(self.outlet)
        for key, entry in entries.items():
            review = known.get(key)
            if review is not None:
                done[self._again(review, entry)] += 1
            elif entry.deleted or not self._is_about_us(entry):
                done["left_out"] += 1
            else:
                self._first(entry, match_place(entry.about, entry.text, places), words[entry.text])
                done["new"] += 1
        for review in self._withdrawn(pulled, entries):
            self._delete(review)
            done["deleted"] += 1
        done["left_out"] += max(0, len(pulled.entries) - most)
        return done

    def _known(self, entries: Mapping[str, Entry]) -> dict[str, PublicReview]:
        found: dict[str, PublicReview] = {}
        keys = list(entries)
        for start in range(0, len(keys), 500):
            some = self.outlet.reviews.filter(external_id__in=keys[start : start + 500])
            found |= {review.external_id: review for review in some}
        return found

    def _is_about_us(self, entry: Entry) -> bool:
        if self.outlet.about != Outlet.About.MENTION:
            return True
        return has_keyword(entry.text, self.outlet.keywords)

    def _first(self, entry: Entry, match: Match, same_words: int) -> None:
        policy = public_policy()
        signs = spam_signs(entry.text, same_words, policy.spam)
        taken = match.place_id if match.confidence >= policy.match["take_at"] else None
        suggested = match.place_id if match.confidence >= policy.match["suggest_at"] else None
        review = PublicReview.objects.create(
            organisation_id=self.outlet.organisation_id, outlet=self.outlet,
            external_id=entry.external_id, url=entry.url, text=entry.text,
            language=entry.language, rating=_decimal(entry.rating), rating_max=entry.rating_max,
            written_at=min(entry.written_at or self.at, self.at), first_seen_at=self.at,
            place_id=taken, suggested_id=suggested, match_rule=match.rule,
            match_confidence=match.confidence, spam_signs=signs,
            state=State.SPAM if len(signs) >= policy.spam["spam_at"] else State.STANDS,
        )  # fmt: skip
        self._note(review, Kind.FIRST)
        if review.state == State.STANDS:
            _make_comment(review, self.by, self.at)

    def _again(self, review: PublicReview, entry: Entry) -> str:
        """What became of one that is known: "edited", "deleted" or "same"."""
        if entry.deleted:
            if review.state == State.DELETED:
                return "same"
            self._delete(review)
            return "deleted"
        changed = (review.text, review.rating) != (entry.text, _decimal(entry.rating))
        returned = review.state == State.DELETED
        if not changed and not returned:
            return "same"
        review.text, review.rating = entry.text, _decimal(entry.rating)
        review.rating_max = entry.rating_max
        if returned:
            review.state = State.STANDS
        review.save(update_fields=["text", "rating", "rating_max", "state"])
        self._note(review, Kind.RETURNED if returned else Kind.EDITED)
        if changed and review.comment_id is not None:
            amend_comment(comment_id=review.comment_id, text=entry.text, rating=entry.rating,
                          by=self.by, at=self.at)  # fmt: skip
        return "edited"

    def _withdrawn(self, pulled: Pulled, entries: Mapping[str, Entry]) -> Sequence[PublicReview]:
        standing = self.outlet.reviews.exclude(state=State.DELETED)
        gone = withdrawn(
            dict(standing.values_list("external_id", "written_at")),
            {key: each.written_at for key, each in entries.items()},
            complete=pulled.complete,
            most_share=public_policy().gone["most_share"],
        )
        # A page with unreadable entries may hold what only seems to be missing.
        return [] if pulled.broken else list(standing.filter(external_id__in=gone))

    def _delete(self, review: PublicReview) -> None:
        review.state = State.DELETED
        review.save(update_fields=["state"])
        self._note(review, Kind.DELETED)

    def _note(self, review: PublicReview, kind: str) -> None:
        ReviewVersion.objects.create(
            review=review, kind=kind, text=review.text, rating=review.rating, seen_at=self.at
        )
        self.trail.write(f"review.{kind}", review)
        if kind != Kind.FIRST:
            self.trail.publish("listen.review_changed", review_id=review.pk)


def confirm_place(review: PublicReview, place: Place | None, *, by: Actor, at: datetime) -> None:
    """A person says which place a review is about, or that it is about none."""
    with acting(by, at=at) as trail:
        review.place, review.confirmed_by, review.confirmed_at = place, by.name[:120], at
        review.save(update_fields=["place", "confirmed_by", "confirmed_at"])
        trail.write("review.placed", review, place=place.pk if place else 0)
        if review.comment_id is not None:
            place_comment(comment_id=review.comment_id, place=place, by=by, at=at)


def judge_spam(review: PublicReview, *, is_spam: bool, by: Actor, at: datetime) -> None:
    """A person says that a review is spam, or that it is none after all. What was seen stays in
    its versions. Raises CommentsInUseError when a case rests on it."""
    with acting(by, at=at) as trail:
        if is_spam and review.comment_id is not None:
            comment_id, review.comment = review.comment_id, None
            review.save(update_fields=["comment"])
            remove_comment(comment_id=comment_id, by=by, at=at)
        review.state = State.SPAM if is_spam else State.STANDS
        review.save(update_fields=["state", "comment"])
        trail.write("review.spam" if is_spam else "review.not_spam", review)
        trail.publish("listen.review_changed", review_id=review.pk)
        if not is_spam and review.comment_id is None:
            _make_comment(review, by, at)


def known_places(outlet: Outlet) -> list[Known]:
    """The open places an outlet may be about."""
    places = Place.objects.of(outlet.organisation_id).open().select_related("site")
    if outlet.site_id:
        places = places.filter(site_id=outlet.site_id)
    return [Known(each.pk, each.name, each.site.name, each.code) for each in places]


def _make_comment(review: PublicReview, by: Actor, at: datetime) -> None:
    outlet = review.outlet
    mention = outlet.about == Outlet.About.MENTION
    review.comment = receive_comment(
        NewComment(
            organisation=outlet.organisation, source="mention" if mention else "review",
            text=review.text, place=review.place, site=outlet.site,
            received_at=review.written_at, language=review.language,
            rating=None if review.rating is None else float(review.rating),
            rating_max=review.rating_max, external_id=review.external_id,
            submission_key=digest(f"{review.pk}:{at.isoformat()}", "public-review"),
        ),
        by=by, at=at,
    )  # fmt: skip
    review.save(update_fields=["comment"])


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
