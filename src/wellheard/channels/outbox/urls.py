"""Addresses of the sent messages, for staff."""

from __future__ import annotations

from django.urls import path

from wellheard.channels.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.messages, name="messages"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/retry/", views.retry, name="retry"),
    path("<int:message_id>/cancellation/", views.cancellation, name="cancellation"),
]
