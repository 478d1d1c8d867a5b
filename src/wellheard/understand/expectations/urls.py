"""Addresses of expectations, below /staff/expectations/."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.expectations import views

app_name = "expectations"
urlpatterns = [
    path("", views.scans, name="scans"),
    path("<int:scan_id>/", views.scan, name="scan"),
    path("<int:scan_id>/finds/<int:find_id>/choices/", views.decide, name="decide"),
]
