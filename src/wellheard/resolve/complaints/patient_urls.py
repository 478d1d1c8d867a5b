"""Addresses of the complaint form and of the page on which a person follows a case."""

from __future__ import annotations

from django.urls import path

from wellheard.resolve.complaints.views import follow

app_name = "follow"
urlpatterns = [
    path("follow/<str:secret>/", follow.case, name="case"),
]
