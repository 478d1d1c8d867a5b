"""Addresses of the weekly analyses (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.prove.reviews import views

app_name = "reviews"
urlpatterns = [
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/<int:review_id>/", views.review, name="review"),
    path("reviews/<int:review_id>/signature/", views.sign, name="sign"),
    path("digests/<int:digest_id>/", views.digest, name="digest"),
]
