"""Addresses of posters, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.posters import views

app_name = "posters"
_POSTER = "places/<int:place_id>/poster"

urlpatterns: list[URLPattern] = [
    path("posters/", views.posters, name="posters"),
    path(f"{_POSTER}.html", views.page, name="poster"),
    path(f"{_POSTER}.pdf", views.pdf, name="pdf"),
    path(f"{_POSTER}.svg", views.svg, name="svg"),
]
