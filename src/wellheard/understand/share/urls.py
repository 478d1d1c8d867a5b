"""Addresses of our share, below /staff/share/."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.share import views

app_name = "share"
urlpatterns = [path("", views.share, name="share")]
