"""Replies in public: who owns one, what was drafted and approved, and every try to publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wellheard.base.vault.fields import EncryptedTextField

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class ReplyWay(models.Model):
    """How replies reach one outlet. Without a row they are copied by hand."""

    outlet = models.OneToOneField("listen.Outlet", models.CASCADE, related_name="reply_way")
    protocol = models.CharField(max_length=20)
    address = models.URLField(max_length=500)
    token = EncryptedTextField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.protocol} for {self.outlet_id}"


class PublicReplyQuerySet(models.QuerySet["PublicReply"]):
    """Replies, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those to reviews the person may read."""
        mine = self.filter(organisation_id=person.organisation_id)
        full, masked = person.places("comment.read"), person.places("comment.read_masked")
        if full is None or masked is None:
            return mine
        return mine.filter(review__place_id__in=full | masked)


class PublicReply(models.Model):
    """The one reply to one review, from the first who takes it to when it stands in public.

    ``publish_at``, ``handed_until``, ``leased_until`` and ``lease`` are the worker's calendar;
    ``publish_at`` is null when there is nothing to publish.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    review = models.OneToOneField("listen.PublicReview", models.PROTECT, related_name="reply")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True, blank=True)
    handed_until = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=32, blank=True)

    objects = PublicReplyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["publish_at"],
                condition=Q(publish_at__isnull=False),
                name="reply_to_publish",
            )
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class ReplyDraft(models.Model):
    """One version of the words. An edit is a new row, which nobody has approved yet.

    ``review_version``: what the review said when this was written; when it says something else,
    the approval is withdrawn. Whoever approves is not who wrote: the database holds that too.
    """

    class Withdrawn(models.TextChoices):
        EDITED = "edited", "the review was edited"
        DELETED = "deleted", "the review was deleted"
        RETURNED = "returned", "the review was published again"
        SPAM = "spam", "the review is spam"
        RULES = "rules", "the rules have changed"
        TAKEN_BACK = "taken_back", "taken back"

    reply = models.ForeignKey(PublicReply, models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    language = models.CharField(max_length=16)
    template = models.CharField(max_length=40, blank=True)
    template_version = models.CharField(max_length=16, blank=True)
    lint_version = models.CharField(max_length=16)
    review_version = models.ForeignKey("listen.ReviewVersion", models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_lint = models.CharField(max_length=16, blank=True)
    withdrawn_as = models.CharField(max_length=10, choices=Withdrawn.choices, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reply", "number"], name="reply_draft_number_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")),
                name="reply_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="reply_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.number} of {self.reply_id}"


class ReplyTry(models.Model):
    """One try to publish, or that somebody put it there by hand. ``outcome``: "" as long as it has
    not come back; unknown: it may stand there; ``code``: why it failed, never words of anybody."""

    class Outcome(models.TextChoices):
        PUBLISHED = "published"
        FAILED = "failed"
        UNKNOWN = "unknown"
        NOT_THERE = "not_there"

    class Way(models.TextChoices):
        API = "api"
        HAND = "hand"

    reply = models.ForeignKey(PublicReply, models.CASCADE, related_name="tries")
    draft = models.ForeignKey(ReplyDraft, models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=4, choices=Way.choices)
    lease = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    code = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reply", "number"], name="reply_try_number_once"),
            models.UniqueConstraint(
                fields=["reply"], condition=Q(outcome="published"), name="reply_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"try {self.number} of {self.reply_id}"
