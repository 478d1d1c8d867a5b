"""Address of the ease of booking (below /staff/ease-of-booking/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.ease import views

app_name = "ease"
urlpatterns = [path("", views.ease, name="ease")]
