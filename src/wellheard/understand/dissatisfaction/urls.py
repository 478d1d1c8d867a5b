"""Address of the comparison of scores and trouble (below /staff/trouble/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.dissatisfaction import views

app_name = "dissatisfaction"
urlpatterns = [path("", views.trouble, name="trouble")]
