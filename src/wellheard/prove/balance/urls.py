"""Addresses of the balanced set (below /staff/balance/)."""

from __future__ import annotations

from django.urls import path

from wellheard.prove.balance import views

app_name = "balance"
urlpatterns = [
    path("", views.balance, name="balance"),
    path("choose/", views.choose, name="choose"),
]
