"""Addresses of public voices, below /staff/public-voices/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.reviews import views

app_name = "public_reviews"

urlpatterns: list[URLPattern] = [
    path("", views.reviews, name="reviews"),
    path("<int:publicreview_id>/", views.review, name="review"),
    path("<int:publicreview_id>/place/", views.place, name="place"),
    path("<int:publicreview_id>/spam/", views.spam, name="spam"),
    path("outlets/", views.outlets, name="outlets"),
    path("outlets/<int:outlet_id>/", views.outlet, name="outlet"),
    path("outlets/<int:outlet_id>/reading/", views.read_now, name="read_now"),
    path("outlets/<int:outlet_id>/pause/", views.pause, name="pause"),
    path("outlets/<int:outlet_id>/file/", views.bring, name="bring"),
    path("listings/", views.listings, name="listings"),
    path("listings/<int:listing_id>/", views.listing, name="listing"),
]
