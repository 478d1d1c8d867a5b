"""Address of the drivers page (below /staff/drivers/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.drivers import views

app_name = "drivers"
urlpatterns = [path("", views.drivers, name="drivers")]
