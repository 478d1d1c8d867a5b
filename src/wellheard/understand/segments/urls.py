"""Addresses of the segments workbench (below /staff/segments/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.segments import views

app_name = "segments"
urlpatterns = [
    path("", views.segments, name="segments"),
    path("new/", views.make, name="make"),
    path("<int:segmentversion_id>/", views.version, name="version"),
    path("<int:segmentversion_id>/needs/", views.needs, name="needs"),
    path("<int:segmentversion_id>/again/", views.again, name="again"),
    path("<int:segmentversion_id>/forecast/", views.expect, name="expect"),
    path("<int:segmentversion_id>/decision/", views.decide, name="decide"),
]
