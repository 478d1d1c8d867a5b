"""Published results, kept as published."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class BenchmarkRelease(models.Model):
    """One loaded file: which survey of which kind of hospital, which release, from where.

    ``survey`` says what may be compared with what ("hcahps", "pch-hcahps"): the same questions
    asked of the same kind of hospital.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    survey = models.CharField(max_length=40)
    release = models.CharField(max_length=80)
    source_file = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    loaded_by = models.CharField(max_length=80)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "source_file"], name="benchmark_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey}, {self.release}"


class BenchmarkEntity(models.Model):
    """A hospital, a state or the nation. ``code``: CCN with its zeros, state letters, or "US"."""

    class Level(models.TextChoices):
        HOSPITAL = "hospital"
        STATE = "state"
        NATION = "nation"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "level", "code"], name="benchmark_entity_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Benchmark(models.Model):
    """One published figure. ``value`` is empty when it was not published; footnotes say why.

    ``period_start`` and ``period_end``: first and last day of the period, as published.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent"
        LINEAR = "linear"
        STAR = "star"
        POINTS = "points"

    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    release = models.ForeignKey(BenchmarkRelease, models.CASCADE, related_name="figures")
    entity = models.ForeignKey(
        BenchmarkEntity, models.CASCADE, related_name="figures", db_index=False
    )
    measure = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.FloatField(null=True)
    completes = models.PositiveIntegerField(null=True)
    response_rate = models.FloatField(null=True)
    footnotes = models.JSONField(default=list)
    period_start = models.DateField()
    period_end = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entity", "measure", "release"], name="benchmark_figure_once"
            ),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start")),
                name="benchmark_period_runs_forward",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["release", "measure", "value"], name="benchmark_distribution")
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.entity_id}"


class BenchmarkFootnote(models.Model):
    """What a footnote means, from a loaded crosswalk; later loads replace earlier texts."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=8)
    text = models.CharField(max_length=600)
    release = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "code"], name="benchmark_footnote_once")
        ]

    def __str__(self) -> str:
        return f"footnote {self.code}"
