"""What was read from a comment, and what people said about that reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class Sentiment(models.IntegerChoices):
    """The five levels of the labelled comments; 3 is neutral or mixed."""

    VERY_POSITIVE = 1
    POSITIVE = 2
    MIXED = 3
    NEGATIVE = 4
    VERY_NEGATIVE = 5


class CommentReading(models.Model):
    """One comment as the engine reads it. ``sentiment`` is the machine's unless a person set it.

    ``safety``: the must-not-miss phrases as group and place in the text, never their words.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.OneToOneField("listen.Comment", models.CASCADE, related_name="reading")
    engine = models.CharField(max_length=80)
    language = models.CharField(max_length=16, blank=True)
    machine_sentiment = models.PositiveSmallIntegerField(choices=Sentiment.choices, null=True)
    sentiment = models.PositiveSmallIntegerField(choices=Sentiment.choices, null=True)
    sentiment_confidence = models.FloatField(null=True)
    is_praise = models.BooleanField(default=False)
    safety = models.JSONField(default=list)
    masked_text = models.TextField(blank=True)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reading of {self.comment_id}"

    @property
    def groups(self) -> tuple[str, ...]:
        """The must-not-miss groups that were found, each once."""
        return tuple(dict.fromkeys(hit["group"] for hit in self.safety))


class ThemeLabelQuerySet(models.QuerySet["ThemeLabel"]):
    """Labels, narrowed in ways that can be chained."""

    def holding(self) -> Self:
        """Those that stand after people's corrections, each comment counted once."""
        return self.filter(holds=True, comment__duplicate_of__isnull=True)

    def visible_to(self, person: Person) -> Self:
        """Those on comments the person may read, at least masked."""
        mine = self.filter(organisation_id=person.organisation_id)
        full, masked = person.places("comment.read"), person.places("comment.read_masked")
        if full is None or masked is None:
            return mine
        return mine.filter(comment__place_id__in=full | masked)


class ThemeLabel(models.Model):
    """One theme of one comment, from the machine or from a person.

    ``holds`` is False for a machine's label that a person has taken away: the label stays, so
    that quality can be measured.
    """

    class Source(models.TextChoices):
        MACHINE = "machine"
        PERSON = "person"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey("listen.Comment", models.CASCADE, related_name="themes")
    theme = models.CharField(max_length=60)
    source = models.CharField(max_length=8, choices=Source.choices)
    confidence = models.FloatField()
    holds = models.BooleanField(default=True)

    objects = ThemeLabelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["comment", "theme", "source"], name="theme_label_once_per_source"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "theme", "holds"], name="theme_label_count")
        ]

    def __str__(self) -> str:
        return f"{self.theme} of {self.comment_id}"


class Correction(models.Model):
    """One change a person made to a reading. Rows are never changed; the newest holds."""

    class Field(models.TextChoices):
        THEME = "theme"
        SENTIMENT = "sentiment"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.ForeignKey("listen.Comment", models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=10, choices=Field.choices)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60, blank=True)
    engine = models.CharField(max_length=80)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["comment", "at"], name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.field} of {self.comment_id}"
