"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.base.audit.models import AuditHead as AuditHead
from wellheard.base.audit.models import AuditRow as AuditRow
from wellheard.base.events.models import Event as Event
from wellheard.base.events.models import Reception as Reception
from wellheard.base.jobs.models import PeriodicRun as PeriodicRun
from wellheard.base.jobs.models import WorkerBeat as WorkerBeat
