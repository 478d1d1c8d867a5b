"""Addresses of panels, below /staff/panels/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.panels import views

app_name = "panels"

urlpatterns: list[URLPattern] = [
    path("", views.panels, name="panels"),
    path("<int:panel_id>/", views.panel, name="panel"),
    path("<int:panel_id>/members/", views.member, name="member"),
    path("<int:panel_id>/meetings/", views.meeting, name="meeting"),
    path("<int:panel_id>/advice/", views.advice, name="new_advice"),
    path("<int:panel_id>/choices/", views.choice, name="choice"),
    path("members/<int:panelmember_id>/end/", views.leave, name="leave"),
    path("advice/<int:advice_id>/", views.decision, name="advice"),
    path("advice/<int:advice_id>/told/", views.told, name="told"),
]
