"""Print runs, sheets, the pages that came back, and what people looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class SheetRun(models.Model):
    """Sheets printed together: the same questions, language and layout. ``layout``: where each
    box lies, in millimetres, as the run was set; a scan is read by it for ever."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=16)
    size = models.PositiveSmallIntegerField()
    paper = models.CharField(max_length=8)
    layout = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"run {self.pk}"


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Sheets, narrowed in ways that can be chained."""

    def visible_to(self, person: Person, permission: str) -> Self:
        """Those of places where the person holds the permission."""
        mine = self.filter(organisation_id=person.organisation_id)
        places = person.places(permission)
        return mine if places is None else mine.filter(place_id__in=places)


class Sheet(models.Model):
    """One paper questionnaire or comment card. Its code is all that is printed of it, never
    who it is for.

    ``closes_at``: until when an answer counts (a comment card always does); ``came_at``: when it
    came back; ``comment``: what a comment card became.
    """

    class Outcome(models.TextChoices):
        COUNTED = "counted"
        LATE = "late"
        SECOND = "second"
        NOT_ELIGIBLE = "not_eligible"
        EMPTY = "empty"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    run = models.ForeignKey(SheetRun, models.PROTECT, related_name="sheets")
    code = models.CharField(max_length=12, unique=True)
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.PROTECT, null=True, blank=True, related_name="+"
    )
    step = models.ForeignKey(
        "listen.ModeStep", models.SET_NULL, null=True, blank=True, related_name="sheets"
    )
    closes_at = models.DateTimeField()
    came_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    response = models.ForeignKey(
        "listen.Response", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    comment = models.ForeignKey(
        "listen.Comment", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"sheet {self.pk}"


class ScanFile(models.Model):
    """One file from a scanner. ``content``: the sealed file until a worker has read it, then
    nothing; ``refused``: why it could not be read."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    came_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    rules_version = models.CharField(max_length=16)
    content = models.BinaryField(default=b"")
    refused = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"scan {self.pk}"


class ScannedPage(models.Model):
    """One page of a scan, and what came of it. ``answers``: field to value, what was beyond doubt.

    "again": the same page with the same marks; "differs": the same page with other marks (a sheet
    that was copied, or a code used twice): nothing of it is taken.
    """

    class Outcome(models.TextChoices):
        READ = "read"
        AGAIN = "again"
        DIFFERS = "differs"
        FINISHED = "finished"
        NO_CODE = "no_code"
        UNKNOWN = "unknown"
        NOT_PLACED = "not_placed"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    file = models.ForeignKey(ScanFile, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    sheet = models.ForeignKey(
        Sheet, models.PROTECT, null=True, blank=True, related_name="scanned_pages"
    )
    page = models.PositiveSmallIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict)
    doubts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "page"],
                condition=models.Q(outcome="read"),
                name="sheet_page_read_once",
            )
        ]

    def __str__(self) -> str:
        return f"page {self.number} of scan {self.file_id}"


class SheetCheck(models.Model):
    """Something on a sheet that people have to look at. ``picture``: the sealed part of the page,
    forgotten when the sheet is finished; ``value``: what was settled."""

    class Why(models.TextChoices):
        FAINT = "faint"
        DOUBLE = "double"
        WORDS = "words"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="checks")
    code = models.CharField(max_length=80)
    why = models.CharField(max_length=8, choices=Why.choices)
    picture = models.BinaryField(default=b"")
    value = EncryptedTextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "code"], name="sheet_check_once_per_field")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(settled_at=None),
                name="sheet_check_open",
            )
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"


class SheetKeying(models.Model):
    """What one person saw; the next one is not shown it."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    check_of = models.ForeignKey(SheetCheck, models.CASCADE, related_name="keyings")
    value = EncryptedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_of", "by"], name="sheet_keyed_once_per_person")
        ]

    def __str__(self) -> str:
        return f"keying {self.pk}"
