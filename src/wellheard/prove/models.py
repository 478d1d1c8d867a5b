"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.prove.boards.models import PlaceVisit as PlaceVisit
