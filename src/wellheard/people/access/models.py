"""Who may do what, where. A denial always beats a grant."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """One role of one person: in the whole organisation, one site, or one place."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=30)
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, null=True, blank=True)
    place = models.ForeignKey("people.Place", on_delete=models.PROTECT, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(site__isnull=True) | models.Q(place__isnull=True),
                name="membership_site_or_place",
            )
        ]


class Ruling(models.Model):
    """An exception for one person: a case opened to them (need to know), or something denied."""

    class Effect(models.TextChoices):
        GRANT = "grant"
        DENY = "deny"

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rulings"
    )
    effect = models.CharField(max_length=5, choices=Effect.choices)
    permission = models.CharField(max_length=40, default="*")
    place = models.ForeignKey("people.Place", on_delete=models.PROTECT, null=True, blank=True)
    case_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
