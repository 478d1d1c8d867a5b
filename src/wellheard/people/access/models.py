"""Who may do what, where. A denial always beats a grant."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


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
        indexes = [models.Index(fields=["user", "ended_at"], name="membership_of_user")]
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
    patient_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)


class RoleProposal(models.Model):
    """A privileged role that waits for a second person's word."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_proposals"
    )
    role = models.CharField(max_length=30)
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, null=True, blank=True)
    place = models.ForeignKey("people.Place", on_delete=models.PROTECT, null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.role} for user {self.user_id}"


class RoleDecision(models.Model):
    """The second person's word on a proposal."""

    proposal = models.OneToOneField(
        RoleProposal, on_delete=models.CASCADE, primary_key=True, related_name="decision"
    )
    approved = models.BooleanField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'refused'} proposal {self.proposal_id}"


class ApiToken(models.Model):
    """A key for a program. Only its digest is kept; `hint` (its first letters) names it."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)
    token_digest = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField(default=list)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token {self.hint}"


class GlassBreak(models.Model):
    """Somebody opened one patient's record in an emergency, without the usual right to it."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="glass_breaks"
    )
    patient_id = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    words = EncryptedTextField()
    broken_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    review_due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"glass broken {self.pk}"


class GlassReview(models.Model):
    """What an auditor found when looking at a broken glass."""

    glass_break = models.OneToOneField(
        GlassBreak, on_delete=models.CASCADE, primary_key=True, related_name="review"
    )
    justified = models.BooleanField()
    note = EncryptedTextField(blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"review of {self.glass_break_id}"
