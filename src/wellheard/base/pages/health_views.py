"""Addresses for a supervisor: alive, and ready."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from wellheard.base.pages.health import readiness


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    checks = readiness(timezone.now())
    good = all(check.ok for check in checks)
    body = {check.name: {"ok": check.ok, "note": check.note} for check in checks}
    return JsonResponse({"ready": good, "checks": body}, status=200 if good else 503)


live.public = "a supervisor asks without signing in; says nothing but alive"  # type: ignore[attr-defined]  # read by the route guard
ready.public = "a supervisor asks without signing in; names no person"  # type: ignore[attr-defined]  # read by the route guard
