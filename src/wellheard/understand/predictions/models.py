"""Models of risk and everything that was decided about them; a step is a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class RiskKind(models.TextChoices):
    """What is predicted."""

    NO_SHOW = "no_show"
    READMISSION = "readmission"
    GRIEVANCE = "grievance"


class RiskModel(models.Model):
    """One trained version: weights, card and the distribution it was judged on."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RiskKind.choices)
    version = models.PositiveSmallIntegerField()
    weights = models.JSONField()
    card = models.JSONField()
    drift = models.JSONField()
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "version"], name="risk_model_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class RiskOwner(models.Model):
    """Who answers for a model from a moment on, and by when they look at it again."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RiskKind.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    review_by = models.DateField()
    named_by = models.CharField(max_length=80)
    named_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"owner of {self.kind}"


class RiskSwitch(models.Model):
    """That a model was switched on or off: who, when and why. The newest row holds."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RiskKind.choices)
    is_on = models.BooleanField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kind", "-at"], name="risk_switch_newest")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {'on' if self.is_on else 'off'}"


class RiskPredictionQuerySet(models.QuerySet["RiskPrediction"]):
    """Predictions, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those on visits and concerns in places where the person may use predictions."""
        mine = self.filter(organisation_id=person.organisation_id).exclude(
            visit__patient__staff_user_id=person.user_id
        )
        if hidden := person.hidden_patients("prediction.use"):
            mine = mine.exclude(
                Q(visit__patient_id__in=hidden) | Q(concern__comment__patient_id__in=hidden)
            )
        places = person.places("prediction.use")
        if places is None:
            return mine
        return mine.filter(Q(visit__place_id__in=places) | Q(concern__comment__place_id__in=places))

    def waiting(self) -> Self:
        """Those whose end is not known yet."""
        return self.filter(outcome__isnull=True)


class RiskPrediction(models.Model):
    """One prediction as it was made; what happened is joined later."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    model = models.ForeignKey(RiskModel, models.PROTECT, related_name="predictions")
    visit = models.ForeignKey(
        "people.Visit", models.CASCADE, null=True, blank=True, related_name="+"
    )
    concern = models.ForeignKey(
        "understand.Concern", models.CASCADE, null=True, blank=True, related_name="+"
    )
    probability = models.FloatField()
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField()
    outcome = models.BooleanField(null=True, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    objects = RiskPredictionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(visit__isnull=False, concern__isnull=True)
                | Q(visit__isnull=True, concern__isnull=False),
                name="risk_prediction_about_one",
            ),
            models.UniqueConstraint(
                fields=["model", "visit"],
                condition=Q(visit__isnull=False),
                name="risk_prediction_visit_once",
            ),
            models.UniqueConstraint(
                fields=["model", "concern"],
                condition=Q(concern__isnull=False),
                name="risk_prediction_concern_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["model", "-made_at"], name="risk_prediction_newest")
        ]

    def __str__(self) -> str:
        return f"prediction {self.pk}"


class ConcernFate(models.Model):
    """What became of a concern in the end: whether it was a formal grievance."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.OneToOneField("listen.Comment", models.CASCADE, related_name="+")
    became_grievance = models.BooleanField()
    known_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fate of {self.comment_id}"


class DriftCheck(models.Model):
    """A month's look at a model: who was scored, and whether it was right. Where that month alone
    is too few to judge, the months before it are taken in, from ``first_month``."""

    class Verdict(models.TextChoices):
        STEADY = "steady"
        WATCH = "watch"
        ALARM = "alarm"
        TOO_FEW = "too_few"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    model = models.ForeignKey(RiskModel, models.PROTECT, related_name="checks")
    month = models.DateField()
    first_month = models.DateField(null=True)
    scored = models.PositiveIntegerField()
    psi = models.FloatField(null=True)
    outcomes = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    expected = models.FloatField(null=True)
    z = models.FloatField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    checked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "month"], name="drift_check_once_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.month:%Y-%m}"
