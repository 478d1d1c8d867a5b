"""Addresses of exploring and asking (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.prove.explore import ask_views, views

app_name = "explore"
urlpatterns = [
    path("ask/", ask_views.ask, name="ask"),
    path("ask/summary/", ask_views.summarise, name="summarise"),
    path("explore/", views.explore, name="explore"),
    path("explore/file.<slug:kind>", views.export, name="export"),
    path("explore/views/", views.keep, name="keep"),
    path("explore/views/<int:explore_view_id>/removal/", views.drop, name="drop"),
]
