"""Addresses of choices, below /staff/choices/."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.choices import views

app_name = "choices"
urlpatterns = [path("", views.choices, name="choices")]
