"""Addresses of incoming mail, for staff."""

from __future__ import annotations

from django.urls import path

from wellheard.channels.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.mails, name="mails"),
    path("<int:mail_id>/", views.mail, name="mail"),
    path("<int:mail_id>/look/", views.look, name="look"),
]
