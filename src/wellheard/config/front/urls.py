"""The front page and the short addresses printed on posters."""

from __future__ import annotations

from django.urls import path

from wellheard.config.front import views

urlpatterns = [
    path("", views.front, name="front"),
    path("c/<str:code>", views.short_card_address, name="short-card"),
    path("follow", views.short_follow_address, name="short-follow"),
    path("robots.txt", views.robots, name="robots"),
]
