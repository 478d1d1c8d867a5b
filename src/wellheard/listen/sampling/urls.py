"""Addresses of sampling, below /staff/sampling/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.sampling import views, wave_views

app_name = "sampling"

urlpatterns: list[URLPattern] = [
    path("", views.plans, name="plans"),
    path("new/", views.new, name="new"),
    path("silence/", views.silence, name="silence"),
    path("health/", views.health, name="health"),
    path("top-ups/<int:top_up_id>/", views.top_up, name="top-up"),
    path("waves/<int:wave_id>/", wave_views.wave, name="wave"),
    path("<int:plan_id>/", views.plan, name="plan"),
    path("<int:plan_id>/decide/", views.decide, name="decide"),
    path("<int:plan_id>/draw/", views.draw, name="draw"),
    path("<int:plan_id>/test/", views.test_send, name="test"),
]
