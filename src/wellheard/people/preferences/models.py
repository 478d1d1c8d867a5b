"""What patients said about how they want to be spoken to. What they did not say is not stored."""

from django.db import models


class StatedPreference(models.Model):
    """One patient's wishes; empty fields mean that the organisation's usual way holds.

    `link_digest` finds the row by the secret of its link; the secret itself is never stored: it is
    made again from the patient and `link_turn` whenever a message is written.
    """

    patient = models.OneToOneField(
        "people.Patient", models.CASCADE, primary_key=True, related_name="stated_preference"
    )
    channel = models.CharField(max_length=8, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    weekly_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    formats = models.JSONField(default=list, blank=True)
    tone = models.CharField(max_length=8, blank=True)
    link_turn = models.PositiveIntegerField(default=1)
    link_digest = models.CharField(max_length=64, unique=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_whole",
            )
        ]

    def __str__(self) -> str:
        return f"wishes of patient {self.patient_id}"
