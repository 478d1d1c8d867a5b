"""Addresses of kiosks for staff, below /staff/kiosks/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.kiosk.views import desk

app_name = "kiosks"

urlpatterns: list[URLPattern] = [
    path("", desk.kiosks, name="kiosks"),
    path("<int:kiosk_id>/renewal/", desk.renew, name="renew"),
    path("<int:kiosk_id>/revocation/", desk.revoke, name="revoke"),
]
