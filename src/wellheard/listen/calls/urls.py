"""Addresses of telephone surveys, below /staff/calls/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.calls import views

app_name = "calls"

urlpatterns: list[URLPattern] = [
    path("", views.calls, name="calls"),
    path("new/", views.new, name="new"),
    path("due/", views.due, name="due"),
    path("<int:call_task_id>/begin/", views.begin, name="begin"),
    path("<int:call_task_id>/", views.interview, name="interview"),
    path("<int:call_task_id>/switch/", views.switch, name="switch"),
    path("<int:call_task_id>/concern/", views.concern, name="concern"),
    path("<int:call_task_id>/end/", views.end, name="end"),
]
