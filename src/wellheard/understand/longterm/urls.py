"""Address of the page of long-term health (below /staff/long-term-health/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.longterm import views

app_name = "longterm"
urlpatterns = [path("", views.longterm, name="longterm")]
