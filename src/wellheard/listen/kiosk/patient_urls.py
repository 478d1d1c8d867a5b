"""Addresses of the shared screen, below /<language>/kiosk/."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from wellheard.listen.kiosk.views import screen

app_name = "kiosk"

urlpatterns: list[URLPattern] = [
    path("", screen.start, name="start"),
    path("begin/", screen.begin, name="begin"),
    path("helped/", screen.helped, name="helped"),
    path("over/", screen.over, name="over"),
    path("still-there/", screen.still_there, name="still_there"),
    path("leave/", screen.leave, name="leave"),
    re_path(r"^set-up/(?P<token>[0-9A-Za-z_\-]{16,80})/$", screen.set_up, name="set_up"),
]
