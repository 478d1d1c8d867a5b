"""Address of the engagement page (below /staff/engagement/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.engagement import views

app_name = "engagement"
urlpatterns = [path("", views.engagement, name="engagement")]
