"""Addresses of the themes (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.themes import learning_views, views

app_name = "themes"
urlpatterns = [
    path("themes/", views.themes, name="themes"),
    path("themes/categories/", learning_views.categories, name="categories"),
    path("themes/heard/", learning_views.heard, name="heard"),
    path("themes/new/", learning_views.emerging, name="emerging"),
    path("themes/quality/", learning_views.quality, name="quality"),
    path("themes/quality/retraining/", learning_views.retrain, name="retrain"),
    path("themes/quality/rereading/", learning_views.reread, name="reread"),
    path("themes/sample/", learning_views.sample, name="sample"),
    path("themes/own/", learning_views.own, name="own"),
    path("themes/<slug:code>/", views.theme, name="theme"),
    path("comments/<int:comment_id>/reading/", views.reading, name="reading"),
    path("comments/<int:comment_id>/themes/", views.put_theme, name="put"),
    path("comments/<int:comment_id>/themes/<slug:code>/removal/", views.take_theme, name="take"),
    path("comments/<int:comment_id>/sentiment/", views.set_sentiment, name="sentiment"),
]
