"""Address of the page of readmissions (below /staff/readmissions/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.readmissions import views

app_name = "readmissions"
urlpatterns = [path("", views.readmissions, name="readmissions")]
