"""Addresses of changes (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.prove.effects import views

app_name = "effects"
urlpatterns = [
    path("places/<int:place_id>/changes/", views.note, name="note"),
    path("changes/<int:change_id>/withdrawal/", views.withdraw, name="withdraw"),
]
