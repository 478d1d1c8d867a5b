"""Outlets, what they published and when it changed, bursts, and listings that pose as us."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class Outlet(models.Model):
    """One place in public where people write about us, and how it is read.

    ``mapping``: for CSV and JSON, our field names to theirs. ``keywords``: a mention is kept only
    when it holds one of them (none: everything). ``etag`` and ``modified``: what the outlet said
    of its last answer, so that an unchanged one is not sent again.
    """

    class Kind(models.TextChoices):
        CSV = "csv"
        FEED = "feed"
        JSON = "json"

    class About(models.TextChoices):
        REVIEW = "review"
        MENTION = "mention"
        STORY = "story"
        LISTING = "listing"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    about = models.CharField(max_length=8, choices=About.choices)
    address = models.URLField(max_length=500, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="outlet_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class OutletReading(models.Model):
    """One try to read an outlet. ``code``: why it failed, never words of anybody."""

    class Outcome(models.TextChoices):
        READ = "read"
        UNCHANGED = "unchanged"
        FAILED = "failed"

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="readings")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=60, blank=True)
    new = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    broken = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.outlet_id}"


class PublicReviewQuerySet(models.QuerySet["PublicReview"]):
    """Public voices, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Of the person's organisation and places; what names no place is for the whole house."""
        mine = self.filter(organisation_id=person.organisation_id)
        full, masked = person.places("comment.read"), person.places("comment.read_masked")
        if full is None or masked is None:
            return mine
        return mine.filter(place_id__in=full | masked)

    def standing(self) -> Self:
        """Those that can still be read in public and are no spam."""
        return self.filter(state=PublicReview.State.STANDS)


class PublicReview(models.Model):
    """One review, mention or story, as it stands now. Who wrote it is not kept."""

    class State(models.TextChoices):
        STANDS = "stands"
        DELETED = "deleted"
        SPAM = "spam"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="reviews")
    external_id = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.STANDS)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=16, blank=True)
    rating = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    rating_max = models.PositiveSmallIntegerField(null=True, blank=True)
    written_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    suggested = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    match_rule = models.CharField(max_length=20, blank=True)
    match_confidence = models.FloatField(default=0)
    confirmed_by = models.CharField(max_length=120, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    spam_signs = models.JSONField(default=list, blank=True)
    comment = models.OneToOneField(
        "listen.Comment", models.SET_NULL, null=True, blank=True, related_name="public_review"
    )

    objects = PublicReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outlet", "external_id"], name="public_review_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-written_at"], name="public_review_newest")
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewVersion(models.Model):
    """What a review said when it was seen. Rows are added, never changed."""

    class Kind(models.TextChoices):
        FIRST = "first"
        EDITED = "edited"
        DELETED = "deleted"
        RETURNED = "returned"

    review = models.ForeignKey(PublicReview, models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField(blank=True)
    rating = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.review_id}"


class BurstAlarm(models.Model):
    """Far more written in public at once than is usual. One stays open as long as it lasts."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    expected = models.FloatField()
    chance = models.FloatField()
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(closed_at__isnull=True), name="one_open_burst"
            )
        ]

    def __str__(self) -> str:
        return f"burst {self.pk}"


class Listing(models.Model):
    """A listing elsewhere whose name or address is near ours, and whether it is ours."""

    class State(models.TextChoices):
        OPEN = "open"
        OURS = "ours"
        FALSE = "false"
        TAKEN_DOWN = "taken_down"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="listings")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    street = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    near = models.CharField(max_length=200)
    likeness = models.FloatField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-found_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outlet", "external_id"], name="listing_once")
        ]

    def __str__(self) -> str:
        return f"listing {self.pk}"


class ListingStep(models.Model):
    """What was done about a listing: the log that a takedown rests on."""

    class Kind(models.TextChoices):
        OURS = "ours"
        FALSE = "false"
        REPORTED = "reported"
        REFUSED = "refused"
        TAKEN_DOWN = "taken_down"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    note = models.CharField(max_length=500, blank=True)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.listing_id}"
