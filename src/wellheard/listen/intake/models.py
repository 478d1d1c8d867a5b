"""The one feedback item, and the rows that say what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.people.patients.visibility import kept_from, opened_to

if TYPE_CHECKING:
    from datetime import datetime

    from wellheard.people.access.person import Person


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of the person's organisation and of the places they may read comments of.

        A comment that names no place is seen only by those who read the whole organisation.
        Nobody reads what they said themselves as a patient.
        """
        mine = self.filter(organisation_id=person.organisation_id)
        mine = mine.exclude(kept_from(person, "comment.read"))
        full, masked = person.places("comment.read"), person.places("comment.read_masked")
        if full is None or masked is None:
            return mine
        return mine.filter(models.Q(place_id__in=full | masked) | opened_to(person))

    def counted(self) -> Self:
        """Each thing said once: without the copies that came by another road."""
        return self.filter(duplicate_of__isnull=True)

    def undecided(self) -> Self:
        """Those for which nobody has yet said what happens with them."""
        return self.filter(disposition="")

    def overdue(self, now: datetime) -> Self:
        """Undecided past one working day."""
        return self.undecided().filter(triage_due_at__lte=now)

    def received_between(self, start: datetime, end: datetime) -> Self:
        """Received in the half-open period [start, end)."""
        return self.filter(received_at__gte=start, received_at__lt=end)


class Comment(models.Model):
    """One thing one person told us: in their words, with a mark, or both."""

    class Source(models.TextChoices):
        CARD = "card"
        PAPER = "paper"
        SURVEY = "survey"
        IMPORT = "import"
        COMPLAINT_FORM = "complaint_form"
        EMAIL = "email"
        SMS = "sms"
        PHONE = "phone"
        LETTER = "letter"
        API = "api"
        REVIEW = "review"
        MENTION = "mention"
        ROUND = "round"
        STAFF = "staff_heard"

    class QuestionType(models.TextChoices):
        WHAT_GOOD = "what_good"
        COULD_IMPROVE = "could_improve"
        NONSPECIFIC = "nonspecific"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    touchpoint = models.ForeignKey(
        "people.Touchpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    source = models.CharField(max_length=16, choices=Source.choices)
    # "" on the person's own device; "kiosk" or "assisted" on a shared screen of ours.
    mode = models.CharField(max_length=8, blank=True)
    reference = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    language = models.CharField(max_length=16, blank=True)
    text = models.TextField(blank=True)
    question = models.TextField(blank=True)
    question_type = models.CharField(
        max_length=16, choices=QuestionType.choices, default=QuestionType.NONSPECIFIC
    )
    rating = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    rating_max = models.PositiveSmallIntegerField(null=True, blank=True)
    patient = models.ForeignKey(
        "people.Patient", models.PROTECT, null=True, blank=True, related_name="+"
    )
    wants_reply = models.BooleanField(default=False)
    response = models.ForeignKey(
        "listen.Response", models.CASCADE, null=True, blank=True, related_name="comments"
    )
    import_batch = models.UUIDField(null=True, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    respondent_id = models.CharField(max_length=80, blank=True)
    submission_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # What follows is a copy of the newest row of its kind, kept for lists and counts.
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    disposition = models.CharField(max_length=12, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    triage_due_at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="comment_reference"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__lte=F("rating_max"), rating__gte=0),
                name="comment_rating_within_scale",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="comment_not_its_own_copy",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-received_at"], name="comment_newest"),
            models.Index(fields=["place", "-received_at"], name="comment_newest_of_place"),
            models.Index(
                fields=["organisation", "triage_due_at"],
                condition=Q(disposition=""),
                name="comment_undecided",
            ),
            models.Index(
                fields=["touchpoint", "received_at"],
                condition=Q(touchpoint__isnull=False),
                name="comment_of_touchpoint",
            ),
            models.Index(
                fields=["import_batch"],
                condition=Q(import_batch__isnull=False),
                name="comment_of_batch",
            ),
            models.Index(
                fields=["organisation", "source", "external_id"],
                condition=~Q(external_id=""),
                name="comment_by_external_id",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_words(self) -> bool:
        """Whether anything was said beyond a mark."""
        return self.text != ""


class Disposition(models.Model):
    """What was decided for one comment, by whom and when. The newest row holds."""

    class Kind(models.TextChoices):
        CASE = "case"
        PASSED_ON = "passed_on"
        ANSWERED = "answered"
        NOTED = "noted"
        DUPLICATE = "duplicate"
        COUNTED = "counted"
        HISTORY = "history"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="dispositions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    why = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["comment", "at"], name="disposition_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.comment_id}"


class Ownership(models.Model):
    """That somebody became the one who answers for a comment. The newest row holds."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="ownerships")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.owner_id} owns {self.comment_id}"


class PassedOn(models.Model):
    """A compliment sent to the people it is about, and to their manager."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="passings_on")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    # Empty: to everybody who works at the place.
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    named = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["comment", "place", "to", "named"],
                name="comment_passed_on_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} to place {self.place_id}"


class OrphanFinding(models.Model):
    """That the sweep found a comment nobody had looked at in time."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="orphan_findings")
    why = models.CharField(max_length=12, choices=[("unowned", "unowned"), ("late", "late")])
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "why"], name="orphan_found_once")
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.comment_id}"


class Attachment(models.Model):
    """A photo or a voice note that came with a comment; staff write down what it says."""

    class Kind(models.TextChoices):
        PHOTO = "photo"
        VOICE = "voice"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    transcript = EncryptedTextField(blank=True)
    transcribed_by = models.CharField(max_length=80, blank=True)
    transcribed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AttachmentContent(models.Model):
    """The sealed bytes of one attachment, apart, so that lists never load them."""

    attachment = models.OneToOneField(
        Attachment, models.CASCADE, primary_key=True, related_name="content"
    )
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"content of {self.attachment_id}"


class StandsAlone(models.Model):
    """That somebody said a comment is no copy: it is never joined again by itself."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="standings_alone")
    first = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="+")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.comment_id} is no copy"


class Translation(models.Model):
    """A comment's words in another language, kept beside the original and never instead of it.

    ``translator`` is the person or the program that made it; ``reviewed_by`` another person who
    read it over, "" until then.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="translations")
    language = models.CharField(max_length=16)
    text = models.TextField()
    translator = models.CharField(max_length=120, blank=True)
    by_machine = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=80, blank=True)
    reviewed_by_name = models.CharField(max_length=120, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reviewed_by="") | ~Q(reviewed_by=F("by")),
                name="translation_read_over_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} in {self.language}"
