"""Addresses of missed appointments (below /staff/missed-appointments/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.attendance import views

app_name = "attendance"
urlpatterns = [
    path("", views.attendance, name="attendance"),
    path("<int:place_id>/", views.place, name="place"),
]
