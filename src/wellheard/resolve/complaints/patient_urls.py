"""Addresses of the complaint form and of the page on which a person follows a case."""

from __future__ import annotations

from django.urls import path

from wellheard.resolve.complaints.views import complaint, follow

app_name = "follow"
urlpatterns = [
    path("complaint/", complaint.start, name="start"),
    path("complaint/<str:token>/sent/", complaint.sent, name="sent"),
    path("complaint/<str:token>/<slug:step>/", complaint.step, name="step"),
    path("follow/", follow.enter, name="enter"),
    path("follow/<str:secret>/", follow.case, name="case"),
    path("follow/<str:secret>/addition/", follow.addition, name="addition"),
    path("follow/<str:secret>/withdrawal/", follow.withdrawal, name="withdrawal"),
    path("follow/<str:secret>/reopening/", follow.reopening, name="reopening"),
    path("follow/<str:secret>/rating/", follow.rating, name="rating"),
]
