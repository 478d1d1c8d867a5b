"""Addresses of posters, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.posters import views

app_name = "posters"
_POSTER = "places/<int:place_id>/poster"
_TOUCHPOINT = "places/<int:place_id>/touchpoints/<int:touchpoint_id>"

urlpatterns: list[URLPattern] = [
    path("posters/", views.posters, name="posters"),
    path(f"{_POSTER}.html", views.page, name="poster"),
    path(f"{_POSTER}.pdf", views.pdf, name="pdf"),
    path(f"{_POSTER}.svg", views.svg, name="svg"),
    path("places/<int:place_id>/touchpoints/", views.name_touchpoint, name="name_touchpoint"),
    path(f"{_TOUCHPOINT}/closing/", views.end_touchpoint, name="end_touchpoint"),
    path(f"{_TOUCHPOINT}/poster.html", views.page, name="touchpoint_poster"),
    path(f"{_TOUCHPOINT}/poster.pdf", views.pdf, name="touchpoint_pdf"),
    path(f"{_TOUCHPOINT}/poster.svg", views.svg, name="touchpoint_svg"),
]
