"""Addresses of the search (below /staff/search/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.search import views

app_name = "search"
urlpatterns = [
    path("", views.search, name="search"),
    path("reader/", views.reader, name="reader"),
    path("like/<int:comment_id>/", views.like, name="like"),
]
