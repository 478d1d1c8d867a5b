"""Addresses of waits (below /staff/waits/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.waits import views

app_name = "waits"
urlpatterns = [
    path("", views.waits, name="waits"),
    path("<int:place_id>/", views.place, name="place"),
]
