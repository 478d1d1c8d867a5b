"""Addresses of consistency, below /staff/consistency/."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.consistency import views

app_name = "consistency"
urlpatterns = [path("", views.consistency, name="consistency")]
