"""Reads of responses for other features."""

from __future__ import annotations

from collections.abc import Collection

from wellheard.listen.responses.models import Response

_ASKED_AT_ONCE = 5_000


def response(response_id: int) -> Response:
    """The response with its place; raises Response.DoesNotExist."""
    return Response.objects.select_related("place", "site", "organisation").get(pk=response_id)


def known_response_ids(organisation_id: int, external_ids: Collection[str]) -> set[str]:
    """Which of another system's response ids have already arrived."""
    asked, known = list(external_ids), set[str]()
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        found = Response.objects.filter(
            organisation_id=organisation_id,
            external_id__in=asked[start : start + _ASKED_AT_ONCE],
        )
        known.update(found.values_list("external_id", flat=True))
    return known
