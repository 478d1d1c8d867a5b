"""Addresses of the metric catalogue (below /staff/measures/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.scores import coverage_views, place_views, views

app_name = "scores"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("dimensions/", coverage_views.dimensions, name="coverage"),
    path("dimensions/lever/", coverage_views.lever, name="lever"),
    path("places/", place_views.board, name="board"),
    path("<slug:code>/", views.measure, name="measure"),
    path("<slug:code>/places/", place_views.places, name="places"),
    path("<slug:code>/proposal/", views.propose, name="propose"),
    path("proposals/<int:measureproposal_id>/decision/", views.decide, name="decide"),
]
