"""Addresses of the builder, below /staff/survey-builder/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.builder import trials, views

app_name = "builder"

urlpatterns: list[URLPattern] = [
    path("", views.drafts, name="drafts"),
    path("new/", views.begin, name="begin"),
    path("file/", views.take_in, name="take_in"),
    path("files/<str:code>/<int:version>/<slug:form>/", views.give_out, name="give_out"),
    path("next/<str:code>/", views.begin_next, name="begin_next"),
    path("<int:draft_id>/", views.one, name="draft"),
    path("<int:draft_id>/settings/", views.settings, name="settings"),
    path("<int:draft_id>/question/<slug:kind>/", views.add, name="add"),
    path("<int:draft_id>/questions/<slug:item>/", views.edit, name="edit"),
    path("<int:draft_id>/questions/<slug:item>/move/", views.move, name="move"),
    path("<int:draft_id>/questions/<slug:item>/remove/", views.remove, name="remove"),
    path("<int:draft_id>/languages/", views.add_language, name="add_language"),
    path("<int:draft_id>/languages/<str:language>/", views.language, name="language"),
    path("<int:draft_id>/languages/<str:language>/sign/", views.sign, name="sign"),
    path("<int:draft_id>/preview/<slug:how>/", views.preview, name="preview"),
    path("<int:draft_id>/proposal/", views.propose, name="propose"),
    path("<int:draft_id>/end/", views.throw_away, name="throw_away"),
    path("<int:draft_id>/trials/", trials.begin, name="begin_trial"),
    path("trials/<int:trial_id>/<slug:item>/", trials.question, name="trial"),
]
