"""One row per answered item."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Fact(models.Model):
    """One answer to one item, with everything it is ever counted by.

    ``item`` is "instrument.code"; ``month`` is yyyymm and ``day`` the date where the answer was
    given. Exactly one of ``response`` and ``comment`` (a card's mark) is where it came from, and
    the fact goes when that goes.
    """

    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    # Empty: the answer names no place and counts for the whole organisation only.
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    response = models.ForeignKey(
        "listen.Response", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    comment = models.ForeignKey(
        "listen.Comment", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    item = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    value = models.SmallIntegerField()
    month = models.PositiveIntegerField()
    day = models.DateField()
    # The spot within the place where they met us; empty where none was named.
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # On what it was answered (rules.device_of), and whether somebody helped: "staff" or "".
    mode = models.CharField(max_length=8, blank=True)
    helped = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=16, blank=True)
    age_band = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=24, blank=True)
    ethnicity = models.CharField(max_length=80, blank=True)
    payer = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "item"],
                condition=Q(response__isnull=False),
                name="fact_once_per_response",
            ),
            models.UniqueConstraint(
                fields=["comment", "item"],
                condition=Q(comment__isnull=False),
                name="fact_once_per_comment",
            ),
            models.CheckConstraint(
                condition=Q(response__isnull=True) ^ Q(comment__isnull=True),
                name="fact_has_one_origin",
            ),
        ]
        indexes: ClassVar = [
            # Ends with the value, so that counting never touches the table itself.
            models.Index(
                fields=["organisation", "item", "place", "month", "value"], name="fact_count"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} = {self.value}"


class FactStore(models.Model):
    """An organisation whose survey answers are counted from files, one for each month.

    Without this row they are counted from Fact rows. The marks on cards are rows either way.
    """

    organisation = models.OneToOneField("people.Organisation", models.PROTECT, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"files since {self.since:%Y-%m-%d}"


class FactMonth(models.Model):
    """The one file that holds a month's facts. Changing this row is what swaps old for new.

    ``made_of``: how often the month's answers had changed (AnswerMonth) when the file was made;
    a file of an earlier number is not read. ``layout``: which columns it has (parquet.LAYOUT); a
    file of an earlier layout is not read either, and is written anew by the sweep.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    month = models.PositiveIntegerField()
    file = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    facts = models.PositiveBigIntegerField()
    responses = models.PositiveBigIntegerField()
    made_of = models.PositiveBigIntegerField()
    layout = models.PositiveSmallIntegerField(default=1)
    written_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "month"], name="fact_month_once")
        ]

    def __str__(self) -> str:
        return self.file
