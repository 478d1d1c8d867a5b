"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.understand.facts.models import Fact as Fact
