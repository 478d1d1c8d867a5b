"""What the card's pages show: their scenes, their words, and what fills their holes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wellheard.base.pages.figures import long_date
from wellheard.listen.cards.models import DraftFile
from wellheard.listen.cards.queries import Spot
from wellheard.listen.cards.rules import RATINGS, UNSAID, Card
from wellheard.listen.cards.store import Receipt
from wellheard.listen.cards.vocabulary import consent_words, help_lines, reply_within_working_days
from wellheard.listen.intake.models import Comment
from wellheard.measures.clocks import WorkCalendar, last_working_day
from wellheard.people.places.models import Place

_NOT_SAID = "–"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose page it is, as the frame shows it."""

    name: str


@dataclass(frozen=True, slots=True)
class CardScene:
    """A card's page for one place. ``flags``: which of its variants is drawn."""

    organisation: str
    country: str
    languages: tuple[str, ...]
    place: str
    site: str
    start_url: str
    back_url: str = ""
    flags: frozenset[str] = frozenset()
    consent: str = ""
    idle: int = 0

    def context(self) -> Mapping[str, Any]:
        return {
            "organisation": Owner(self.organisation),
            "offered_languages": list(self.languages),
            "place_name": self.place,
            "site_name": self.site,
            "start_url": self.start_url,
            "privacy_url": reverse("cards:privacy"),
            "back_url": self.back_url,
            "lines": help_lines(self.country),
            "consent": self.consent,
            "complete": not self.idle,
            **shared_screen(self.idle),
            **dict.fromkeys(self.flags, True),
        }


def shared_screen(idle: int) -> dict[str, Any]:
    """What the pages of a shared screen have beside the others'; nothing on somebody's own device.

    ``idle``: after how many seconds without a touch it asks whether somebody is there.
    """
    if not idle:
        return {}
    return {
        "kiosk": True,
        "idle": idle,
        "start_url": reverse("kiosk:start"),
        "over_url": reverse("kiosk:over"),
        "still_url": reverse("kiosk:still_there"),
    }


def card_scene(
    spot: Spot,
    *,
    start_url: str,
    back_url: str = "",
    flags: Sequence[str] = (),
    consent: str = "",
    idle: int = 0,
) -> CardScene:
    """The scene of one page of a card."""
    place, organisation = spot.place, spot.place.organisation
    return CardScene(
        organisation=organisation.name,
        country=organisation.country,
        languages=tuple(organisation.languages),
        place=spot.name,
        site=place.site.name,
        start_url=start_url,
        back_url=back_url,
        flags=frozenset(flags),
        consent=consent,
        idle=idle,
    )


def rating_values(card: Card) -> dict[str, str]:
    """Which answer of the first page is chosen."""
    values = {f"checked0{rating}": _checked(card.rating == rating) for rating in RATINGS}
    return {**values, f"checked{UNSAID}": _checked(card.rating_unsaid)}


def reply_values(card: Card) -> dict[str, str]:
    """Which answer about a reply is chosen."""
    return {f"checked{reply}": _checked(card.reply == reply) for reply in ("no", "sms", "email")}


def check_values(card: Card) -> dict[str, str]:
    """Everything the person is about to send, in words."""
    return {
        "rating": rating_words(card.rating),
        "story": card.story or _NOT_SAID,
        "files": ngettext("{count} file", "{count} files", card.files).format(count=card.files),
        "reply": reply_words(card),
        "contact": card.contact or _NOT_SAID,
        "name": card.name or _NOT_SAID,
    }


def thanks_values(receipt: Receipt, place: Place, follow: str) -> dict[str, str]:
    """The number of the card and the days on which something happens with it."""
    work = WorkCalendar(place.site.holidays_in)
    begun, zone = receipt.recorded_at, place.site.zone
    replied = last_working_day(begun, reply_within_working_days(), zone=zone, work=work)
    return {
        "reference": receipt.reference,
        "readby": long_date(last_working_day(begun, 1, zone=zone, work=work)),
        "replyby": long_date(replied),
        "follow": follow,
    }


def thanks_flags(receipt: Receipt) -> list[str]:
    """Which variant of the last page is shown."""
    flags = []
    if receipt.is_answered:
        flags.append("with_reply")
        flags += ["by_email"] if receipt.by_email else []
        # on a shared screen the next person could go back and follow the link
        flags += [] if receipt.on_kiosk else ["with_follow"]
    return flags


def rating_words(rating: int | None) -> str:
    """The answer to the one question, in words."""
    words = {
        5: _("Very good"),
        4: _("Good"),
        3: _("Neither good nor poor"),
        2: _("Poor"),
        1: _("Very poor"),
    }
    return words[rating] if rating is not None else _("I would rather not say")


def reply_words(card: Card) -> str:
    """Whether and how the person wants to hear from us."""
    if card.reply == "sms":
        return _("Yes, by text message")
    return _("Yes, by e-mail") if card.reply == "email" else _("No, thank you")


def file_rows(files: Sequence[DraftFile]) -> list[dict[str, Any]]:
    """The files of a draft as the story page lists them."""
    names = {"photo": _("Photo"), "voice": _("Voice message")}
    return [
        {"id": file.pk, "words": f"{names[file.kind]} {number}"}
        for number, file in enumerate(files, start=1)
    ]


def file_problem(why: str) -> str:
    """Why a file cannot be kept, and what to do."""
    words = {
        "kind": _("We can only keep JPEG or PNG photos and voice recordings. Choose another file."),
        "large": _("That file is too big. Choose a shorter recording or a smaller photo."),
        "many": _("You can add three files. Remove one to add another."),
    }
    return words.get(why, _("That file is empty. Choose another one."))


def contact_problem(card: Card) -> str:
    """What is wrong with a contact, in words that say what to do."""
    if not card.contact:
        if card.reply == "email":
            return _("Write your e-mail address, or go back and choose no reply.")
        return _("Write your mobile number, or go back and choose no reply.")
    if card.reply == "email":
        return _("Check your e-mail address. It should look like name@example.com.")
    return _("Check your mobile number. We could not read it.")


def story_problem(over: int) -> str:
    """That a story is too long, and by how much."""
    return ngettext(
        "Your story is {count} letter too long. Shorten it, or send the rest on a second card.",
        "Your story is {count} letters too long. Shorten it, or send the rest on a second card.",
        over,
    ).format(count=over)


def consent_of(card: Card, place: Place, language: str) -> str:
    """What the person agrees to by giving a contact."""
    return consent_words(card.reply, language, place.organisation.name)


def state_of(comment: Comment, *, now: datetime) -> dict[str, str]:
    """What became of a comment, for its sender."""
    if comment.disposition in ("case", "answered"):
        return {
            "heading": _("Someone is looking into it"),
            "words": _("The people who can change something have your card."),
        }
    if comment.disposition == "passed_on":
        return {
            "heading": _("Your thanks were passed on"),
            "words": _("The team you wrote about has your words."),
        }
    if comment.disposition:
        return {
            "heading": _("Your card was read"),
            "words": _("It is kept and counted with what others told us about this place."),
        }
    if now < comment.triage_due_at:
        return {
            "heading": _("We have your card"),
            "words": _("A person will read it by the end of the next working day."),
        }
    return {
        "heading": _("Your card is waiting"),
        "words": _("We should have read it by now. It is marked as late."),
    }


def _checked(on: bool) -> str:
    return " checked" if on else ""
