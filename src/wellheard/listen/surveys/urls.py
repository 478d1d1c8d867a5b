"""Addresses of the item bank, below /staff/surveys/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.surveys import views

app_name = "surveys"

urlpatterns: list[URLPattern] = [
    path("", views.instruments, name="instruments"),
    path("proposals/<int:proposal_id>/decision/", views.decide, name="decide"),
    path("<str:code>/", views.one, name="instrument"),
    path("<str:code>/items/", views.add, name="add"),
    path("<str:code>/items/<slug:item>/words/", views.reword, name="reword"),
    path("<str:code>/items/<slug:item>/end/", views.retire, name="retire"),
]
