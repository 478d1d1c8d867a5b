"""Addresses the text gateway calls."""

from __future__ import annotations

from django.urls import path

from wellheard.channels.sms import views

app_name = "sms"
urlpatterns = [
    path("receipt/<str:token>/", views.receipt, name="receipt"),
    path("inbound/<slug:organisation>/", views.inbound, name="inbound"),
]
