"""Addresses of the round, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.rounds import views

app_name = "rounds"

urlpatterns: list[URLPattern] = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<int:place_id>/", views.place, name="place"),
    path("rounds/<int:place_id>/beds/", views.beds, name="beds"),
    path("rounds/<int:place_id>/talk/", views.anywhere, name="anywhere"),
    path("rounds/<int:place_id>/beds/<int:bed_id>/", views.bed, name="bed"),
    path("heard/", views.heard, name="heard"),
]
