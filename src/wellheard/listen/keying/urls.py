"""Addresses of keying, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.keying import views

app_name = "keying"

urlpatterns: list[URLPattern] = [path("cards/entry/", views.enter, name="enter")]
