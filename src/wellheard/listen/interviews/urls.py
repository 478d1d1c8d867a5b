"""Addresses of interviews, below /staff/interviews/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.interviews import views

app_name = "interviews"

urlpatterns: list[URLPattern] = [
    path("", views.studies, name="studies"),
    path("<int:study_id>/", views.study, name="study"),
    path("<int:study_id>/people/", views.participant, name="participant"),
    path("<int:study_id>/transcripts/", views.transcript, name="transcript"),
    path("<int:study_id>/codes/", views.codes, name="codes"),
    path("<int:study_id>/report/", views.report, name="report"),
    path("<int:study_id>/report.csv", views.export, name="export"),
    path("people/<int:participant_id>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("conversations/<int:conversation_id>/", views.talk, name="talk"),
]
