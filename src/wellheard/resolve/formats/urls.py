"""Addresses of letters in other formats, below /staff/letter-formats/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.resolve.formats.views import staff

app_name = "letter_formats"

urlpatterns: list[URLPattern] = [
    path("", staff.letters, name="letters"),
    path("<int:letterdispatch_id>/", staff.letter, name="letter"),
    path("<int:letterdispatch_id>/easy/", staff.easy, name="easy"),
    path("<int:letterdispatch_id>/interpreter/", staff.interpreter, name="interpreter"),
    path("<int:letterdispatch_id>/recording/<slug:kind>/", staff.recording, name="recording"),
    path("<int:letterdispatch_id>/file/<slug:kind>/", staff.file, name="file"),
]
