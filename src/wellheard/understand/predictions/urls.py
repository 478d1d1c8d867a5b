"""Addresses of the predictions (below /staff/predictions/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.predictions import views

app_name = "predictions"
urlpatterns = [
    path("", views.predictions, name="predictions"),
    path("<slug:kind>/", views.model, name="model"),
    path("<slug:kind>/people/", views.people, name="people"),
    path("<slug:kind>/training/", views.train, name="train"),
    path("<slug:kind>/owner/", views.owner, name="owner"),
    path("<slug:kind>/switch/", views.switch, name="switch"),
]
