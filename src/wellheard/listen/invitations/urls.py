"""Addresses of survey links for staff, below /staff/survey-links/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.invitations.views import links

app_name = "survey_links"

urlpatterns: list[URLPattern] = [
    path("", links.make, name="make"),
    path("known-again/<str:code>/", links.known_again, name="known_again"),
]
