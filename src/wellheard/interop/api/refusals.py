"""Which refusals every operation may answer with; all are problem details."""

from __future__ import annotations

REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 422, 429})
