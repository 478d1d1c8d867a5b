"""Addresses of the findings (below /staff/findings/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.findings import views

app_name = "findings"
urlpatterns = [
    path("", views.findings, name="findings"),
    path("proposals/<int:improvement_proposal_id>/close/", views.close, name="close"),
]
