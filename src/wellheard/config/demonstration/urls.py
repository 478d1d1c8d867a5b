"""Addresses that exist in the demonstration only."""

from __future__ import annotations

from django.urls import path

from wellheard.config.demonstration import views

urlpatterns = [
    path("", views.start, name="demonstration-start"),
    path("demonstration/enter", views.enter, name="demonstration-enter"),
    path("demonstration/truths", views.truths, name="demonstration-truths"),
]
