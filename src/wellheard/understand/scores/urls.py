"""Addresses of the metric catalogue (below /staff/measures/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.scores import views

app_name = "scores"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("<slug:code>/", views.measure, name="measure"),
    path("<slug:code>/proposal/", views.propose, name="propose"),
    path("proposals/<int:measureproposal_id>/decision/", views.decide, name="decide"),
]
