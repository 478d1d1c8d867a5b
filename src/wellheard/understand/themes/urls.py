"""Addresses of the themes (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.themes import views

app_name = "themes"
urlpatterns = [
    path("themes/", views.themes, name="themes"),
    path("themes/<slug:code>/", views.theme, name="theme"),
    path("comments/<int:comment_id>/reading/", views.reading, name="reading"),
    path("comments/<int:comment_id>/themes/", views.put_theme, name="put"),
    path("comments/<int:comment_id>/themes/<slug:code>/removal/", views.take_theme, name="take"),
    path("comments/<int:comment_id>/sentiment/", views.set_sentiment, name="sentiment"),
]
