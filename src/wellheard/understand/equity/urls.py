"""Addresses of the equity pages (below /staff/equity/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.equity import views

app_name = "equity"
urlpatterns = [
    path("", views.equity, name="equity"),
    path("sites/<int:site_id>/", views.equity, name="site"),
    path("reach/", views.reach, name="reach"),
    path("access/", views.access, name="access"),
    path("actions/", views.act, name="act"),
]
