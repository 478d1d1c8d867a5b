"""A screen of ours that many people answer on, and what was done with it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Kiosk(models.Model):
    """One shared screen: where it stands, what it asks, and how it forgets.

    ``instrument``: the survey it asks ("": the comment card). ``setup_key`` is the digest of the
    one-time address at which a device becomes this kiosk; ``device_key`` that of the secret in the
    device's cookie, which says which kiosk it is and nothing of anybody. ``pin`` is the digest of
    what staff type to leave it. ``invitation`` and ``draft_key`` find what is being answered now,
    so that it can be cleared; both are empty between people.
    """

    class Kind(models.TextChoices):
        STANDING = "standing"
        BEDSIDE = "bedside"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    instrument = models.CharField(max_length=40, blank=True)
    keeps_left = models.BooleanField(default=True)
    pin = models.CharField(max_length=64)
    setup_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    setup_until = models.DateTimeField(null=True, blank=True)
    device_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    invitation = models.ForeignKey(
        "listen.Invitation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    draft_key = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["place__name", "name"]

    def __str__(self) -> str:
        return self.name


class KioskStep(models.Model):
    """What happened with a kiosk: made, bound to a device, left, revoked; and a wrong PIN.

    The newest step but for wrong PINs says where it is.
    """

    class What(models.TextChoices):
        MADE = "made"
        BOUND = "bound"
        LEFT = "left"
        REVOKED = "revoked"
        WRONG_PIN = "wrong_pin"

    kiosk = models.ForeignKey(Kiosk, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kiosk", "at"], name="kiosk_step_newest")]

    def __str__(self) -> str:
        return f"{self.what} kiosk {self.kiosk_id}"
