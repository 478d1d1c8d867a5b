"""Addresses a mail program or a reader of our mails opens."""

from __future__ import annotations

from django.urls import path

from wellheard.channels.email import views

app_name = "email"
urlpatterns = [
    path("unsubscribe/<str:signed>/", views.unsubscribe, name="unsubscribe"),
]
