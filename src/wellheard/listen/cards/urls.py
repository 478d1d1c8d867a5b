"""Addresses of cards for staff, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.cards.views import paper

app_name = "paper"

urlpatterns: list[URLPattern] = [path("cards/entry/", paper.enter, name="enter")]
