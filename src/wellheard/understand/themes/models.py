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


class Heard(models.TextChoices):
    """Whether the words say that the person felt heard; blank where they do not say."""

    HEARD = "heard"
    NOT_HEARD = "not_heard"


class CommentReading(models.Model):
    """One comment as the engine reads it. ``sentiment`` is the machine's unless a person set it.

    ``staff``: codes of the groups of staff that the words name, never a person's name.
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
    heard = models.CharField(max_length=10, choices=Heard.choices, blank=True)
    staff = models.JSONField(default=list)
    is_boilerplate = models.BooleanField(default=False)
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
    # How the person felt about this theme, from the clause that mentions it; null: not told apart.
    sentiment = models.PositiveSmallIntegerField(choices=Sentiment.choices, null=True)
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


class OwnTheme(models.Model):
    """One version of a theme that a site taught from examples. The newest version holds; rows are
    never changed. ``learnt``: weights as data; ``quality``: what cross-validation measured."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)
    engine = models.CharField(max_length=80)
    learnt = models.JSONField()
    quality = models.JSONField()
    is_said = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code", "version"], name="own_theme_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} version {self.version}"


class ThemeExample(models.Model):
    """A text a person gave as being about a theme, or as not being about it."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    theme = models.SlugField(max_length=60)
    comment = models.ForeignKey(
        "listen.Comment", models.CASCADE, null=True, blank=True, related_name="+"
    )
    text = models.TextField(blank=True)
    is_about = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "theme"], name="theme_example_of_theme")
        ]

    def __str__(self) -> str:
        return f"example {self.pk} of {self.theme}"


class SiteModel(models.Model):
    """What a site's own corrections taught the machine. The newest row holds.

    ``learnt``: weights by theme, only of those that measured better than the shipped model;
    ``figures``: by theme, quality of the shipped model and of the new one on the same comments.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    engine = models.CharField(max_length=80)
    comments = models.PositiveIntegerField()
    learnt = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "version"], name="site_model_once")
        ]

    def __str__(self) -> str:
        return f"site model {self.version}"


class BlindLabel(models.Model):
    """One comment of a month's random sample, labelled by a person who does not see what the
    machine said. ``machine_*`` is what it said when the comment was drawn."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    month = models.DateField()
    comment = models.ForeignKey("listen.Comment", models.CASCADE, related_name="+")
    engine = models.CharField(max_length=80)
    machine_themes = models.JSONField(default=list)
    machine_sentiment = models.PositiveSmallIntegerField(null=True)
    themes = models.JSONField(default=list)
    sentiment = models.PositiveSmallIntegerField(choices=Sentiment.choices, null=True)
    is_urgent = models.BooleanField(default=False)
    drawn_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80, blank=True)
    by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "month", "comment"], name="blind_label_once"
            )
        ]

    def __str__(self) -> str:
        return f"blind label of {self.comment_id}"
