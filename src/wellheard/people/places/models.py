"""Organisation → site → place."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """One health system; the shard every other row belongs to."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    country = models.CharField(max_length=2)
    jurisdiction = models.CharField(max_length=40)
    zone = models.CharField(max_length=60)
    languages = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A hospital or clinic building."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=20)
    zone = models.CharField(max_length=60)
    holidays_in = models.CharField(max_length=12)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once"),
            models.UniqueConstraint(fields=["organisation", "code"], name="site_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceQuerySet(models.QuerySet["Place"]):
    def of(self, organisation_id: int) -> PlaceQuerySet:
        return self.filter(organisation_id=organisation_id)

    def open(self) -> PlaceQuerySet:
        return self.filter(closed_on__isnull=True)

    def within(self, place_ids: frozenset[int] | None) -> PlaceQuerySet:
        """Only these places; None means every place of the organisation."""
        return self if place_ids is None else self.filter(pk__in=place_ids)


class Place(models.Model):
    """A ward, clinic or desk: what a comment is about and who can act on it."""

    class Kind(models.TextChoices):
        WARD = "ward"
        CLINIC = "clinic"
        DESK = "desk"
        OTHER = "other"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="places")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=8, unique=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["site__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="place_name_once_per_site")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def open(self) -> TouchpointQuerySet:
        return self.filter(closed_on__isnull=True, place__closed_on__isnull=True)


class Touchpoint(models.Model):
    """A spot within a place where people meet us: the discharge desk, the waiting room of imaging.

    Its code is of the same kind as a place's, and no place has it: one short address, one spot.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="touchpoints")
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=8, unique=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="touchpoint_name_once_per_place")
        ]

    def __str__(self) -> str:
        return self.name


class PlaceMergeQuerySet(models.QuerySet["PlaceMerge"]):
    def standing(self) -> PlaceMergeQuerySet:
        """Those that were not taken back."""
        return self.filter(undone_at__isnull=True)


class PlaceMerge(models.Model):
    """A place that went on as another from a day; what was said before stays with the old one."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    old = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = PlaceMergeQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["old"],
                condition=models.Q(undone_at__isnull=True),
                name="place_merged_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} into {self.into_id} on {self.day:%Y-%m-%d}"
