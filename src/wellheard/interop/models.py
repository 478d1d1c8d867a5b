"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.interop.csvfiles.models import ImportBatch as ImportBatch
from wellheard.interop.uploads.models import Upload as Upload
