"""Addresses of places that became one (below /staff/merged-places/)."""

from __future__ import annotations

from django.urls import path

from wellheard.people.merging import views

app_name = "merging"
urlpatterns = [
    path("", views.merges, name="merges"),
    path("<int:place_merge_id>/undo/", views.undo, name="undo"),
]
