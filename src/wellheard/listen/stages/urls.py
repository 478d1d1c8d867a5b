"""Addresses of the gap map, below /staff/stages/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.stages import views

app_name = "stages"

urlpatterns: list[URLPattern] = [
    path("", views.stages, name="stages"),
    path("placings/", views.place, name="place"),
]
