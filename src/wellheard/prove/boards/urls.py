"""Addresses of the boards (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.prove.boards import views

app_name = "boards"
urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("overview/<slug:code>/", views.measure, name="measure"),
    path("overview/<slug:code>/target/", views.target, name="target"),
    path("today/", views.lead, name="lead"),
    path("data/", views.analysis, name="analysis"),
    path("places/", views.places, name="places"),
    path("places/<int:place_id>/", views.place, name="place"),
    path("places/<int:place_id>/monday/", views.monday, name="monday"),
]
