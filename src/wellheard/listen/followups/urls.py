"""Addresses of the follow-ups (below /staff/follow-ups/)."""

from __future__ import annotations

from django.urls import path

from wellheard.listen.followups import views

app_name = "followups"
urlpatterns = [
    path("", views.followups, name="followups"),
    path("new/", views.propose, name="propose"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/stop/", views.stop, name="stop"),
]
