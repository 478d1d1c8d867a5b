"""Address of the page of associations (below /staff/associations/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.associations import views

app_name = "associations"
urlpatterns = [path("", views.along, name="along")]
