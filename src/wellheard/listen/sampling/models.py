"""Plans, waves, those drawn and the steps by which they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class SamplePlan(models.Model):
    """Whom to ask what, how many of them and by which ways. It never changes: another plan is
    another row. Whether it runs is read off its steps."""

    class Period(models.TextChoices):
        MONTH = "month"
        WEEK = "week"

    class Method(models.TextChoices):
        SIMPLE = "simple"
        PROPORTIONAL = "proportional"
        DISPROPORTIONAL = "disproportional"

    class Stratum(models.TextChoices):
        NONE = "", "none"
        PLACE = "place"
        LANGUAGE = "language"
        AGE = "age_band"
        LINE = "service_line"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    instrument = models.CharField(max_length=40)
    eligibility = models.CharField(max_length=40)
    sequence = models.CharField(max_length=40)
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.MONTH)
    method = models.CharField(max_length=16, choices=Method.choices, default=Method.SIMPLE)
    stratum = models.CharField(max_length=16, choices=Stratum.choices, blank=True)
    size = models.PositiveIntegerField()
    least = models.PositiveIntegerField(default=0)
    sizes = models.JSONField(default=dict)
    places = models.ManyToManyField("people.Place", related_name="+")
    # Nobody can tell whose answers are whose: asked by links alone, each made as it leaves.
    anonymous = models.BooleanField(default=False)
    seed = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class PlanStep(models.Model):
    """What was decided about a plan, by whom and why; the newest says how it stands."""

    class Kind(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"
        PAUSED = "paused"
        RESUMED = "resumed"
        STOPPED = "stopped"

    plan = models.ForeignKey(SamplePlan, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} plan {self.plan_id}"


class Wave(models.Model):
    """One draw, with everything needed to repeat it and to weigh its answers.

    ``frame``: visits of the span; ``eligible``: of them those that may be asked; ``homes``: after
    one of each household was chosen. ``strata``: stratum to [homes, drawn]; ``left_out``: reason
    to visits. ``group`` and ``value``: a top-up asks only these.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    plan = models.ForeignKey(SamplePlan, models.PROTECT, related_name="waves")
    starts_on = models.DateField()
    ends_on = models.DateField()
    group = models.CharField(max_length=16, blank=True)
    value = models.CharField(max_length=80, blank=True)
    sequence = models.CharField(max_length=40)
    seed = models.CharField(max_length=80)
    method = models.CharField(max_length=80)
    rules_version = models.CharField(max_length=120)
    instrument_version = models.PositiveSmallIntegerField()
    frame = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    homes = models.PositiveIntegerField()
    strata = models.JSONField(default=dict)
    left_out = models.JSONField(default=dict)
    drawn_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "starts_on", "group", "value"], name="wave_once_per_span"
            )
        ]

    def __str__(self) -> str:
        return f"wave {self.pk}"


class SampleMemberQuerySet(models.QuerySet["SampleMember"]):
    """Those drawn, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of places this member of staff answers for; never themselves."""
        mine = self.filter(organisation_id=person.organisation_id).exclude(
            patient__staff_user_id=person.user_id
        )
        if hidden := person.hidden_patients("sample.read"):
            mine = mine.exclude(patient_id__in=hidden)
        places = person.places("sample.read")
        return mine if places is None else mine.filter(place_id__in=places)

    def open(self) -> Self:
        """Those of whom nothing final is known."""
        return self.filter(ended_as="")


class SampleMember(models.Model):
    """One visit that was drawn. ``probability``: its chance of being drawn, for the weights;
    ``way``: the steps by which this person is asked, as "email:0 sms:4 paper:15"."""

    class End(models.TextChoices):
        ANSWERED = "answered"
        REFUSED = "refused"
        DIED = "died"
        INELIGIBLE = "ineligible"
        UNREACHABLE = "unreachable"
        SILENT = "silent"
        STOPPED = "stopped"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="members")
    visit = models.ForeignKey("people.Visit", models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "people.Patient", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    person_key = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16)
    stratum = models.CharField(max_length=80, blank=True)
    probability = models.FloatField()
    way = models.CharField(max_length=120)
    invitation = models.OneToOneField(
        "listen.Invitation", models.SET_NULL, null=True, related_name="sample_member"
    )
    starts_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=12, choices=End.choices, blank=True)

    objects = SampleMemberQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "visit"], name="member_once_per_wave")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "starts_at"], name="member_by_start"),
            models.Index(fields=["closes_at"], condition=models.Q(ended_as=""), name="member_open"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class ModeStep(models.Model):
    """One way by which one person is asked, when it is due and what came of it.

    Electronic steps become messages by themselves. Steps on paper and by telephone are work
    lists: whoever does the work closes them with ``close_step``.
    """

    class Mode(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"
        PAPER = "paper"
        PHONE = "phone"

    class Outcome(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"
        NOT_NEEDED = "not_needed"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    member = models.ForeignKey(SampleMember, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, choices=Mode.choices)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    message = models.ForeignKey(
        "channels.Message", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "number"], name="step_once_per_number")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mode", "due_at"], condition=models.Q(closed_at=None), name="step_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mode} step {self.number} of member {self.member_id}"


class TopUp(models.Model):
    """A group that is hardly heard, and the proposal to ask more of it in another way."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="top_ups")
    group = models.CharField(max_length=16)
    value = models.CharField(max_length=80)
    treated = models.PositiveIntegerField()
    heard = models.PositiveIntegerField()
    representation = models.FloatField()
    size = models.PositiveIntegerField()
    sequence = models.CharField(max_length=40)
    proposed_at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    drawn = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "group", "value"], name="top_up_once_per_group")
        ]

    def __str__(self) -> str:
        return f"top-up {self.pk}"


class FeedAlarm(models.Model):
    """That a feed fell silent, since when, and until when."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    feed = models.CharField(max_length=60)
    last_at = models.DateTimeField()
    expected = models.FloatField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "feed"],
                condition=models.Q(closed_at=None),
                name="alarm_open_once_per_feed",
            )
        ]

    def __str__(self) -> str:
        return f"alarm {self.feed}"
