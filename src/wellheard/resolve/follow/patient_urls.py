"""Addresses of the complaint form and of the page on which a person follows a case."""

from __future__ import annotations

from django.urls import path

from wellheard.resolve.follow.views import case, complaint, letters

app_name = "follow"
urlpatterns = [
    path("complaint/", complaint.start, name="start"),
    path("complaint/<str:token>/sent/", complaint.sent, name="sent"),
    path("complaint/<str:token>/<slug:step>/", complaint.step, name="step"),
    path("follow/", case.enter, name="enter"),
    path("follow/<str:secret>/", case.case, name="case"),
    path("follow/<str:secret>/addition/", case.addition, name="addition"),
    path("follow/<str:secret>/withdrawal/", case.withdrawal, name="withdrawal"),
    path("follow/<str:secret>/reopening/", case.reopening, name="reopening"),
    path("follow/<str:secret>/rating/", case.rating, name="rating"),
    path(
        "follow/<str:secret>/letters/<int:letterdispatch_id>/easy/",
        letters.easy,
        name="letter_easy",
    ),
    path(
        "follow/<str:secret>/letters/<int:letterdispatch_id>/<slug:kind>/",
        letters.file,
        name="letter_file",
    ),
]
