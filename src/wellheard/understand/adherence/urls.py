"""Address of the page of medicines (below /staff/medicines/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.adherence import views

app_name = "adherence"
urlpatterns = [path("", views.adherence, name="adherence")]
