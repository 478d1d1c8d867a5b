"""Addresses of the page about handling, below /staff/after-complaints/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.resolve.aftercare import views

app_name = "aftercare"

urlpatterns: list[URLPattern] = [path("", views.aftercare, name="aftercare")]
