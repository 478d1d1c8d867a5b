"""Addresses of the benchmarks (below /staff/benchmarks/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.benchmarks import views

app_name = "benchmarks"
urlpatterns = [
    path("", views.benchmarks, name="benchmarks"),
    path("<slug:code>/", views.hospital, name="hospital"),
    path("<slug:code>/funnel/<slug:measure>/", views.funnel, name="funnel"),
]
