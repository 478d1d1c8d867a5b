"""Addresses of the builder, below /staff/survey-builder/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.builder.views import drafting, files, trials

app_name = "builder"

urlpatterns: list[URLPattern] = [
    path("", drafting.drafts, name="drafts"),
    path("new/", drafting.begin, name="begin"),
    path("file/", files.take_in, name="take_in"),
    path("files/<str:code>/<slug:version>/<slug:form>/", files.give_out, name="give_out"),
    path("next/<str:code>/", drafting.begin_next, name="begin_next"),
    path("<int:draft_id>/", drafting.one, name="draft"),
    path("<int:draft_id>/settings/", drafting.settings, name="settings"),
    path("<int:draft_id>/question/<slug:kind>/", drafting.add, name="add"),
    path("<int:draft_id>/questions/<slug:item>/", drafting.edit, name="edit"),
    path("<int:draft_id>/questions/<slug:item>/move/", drafting.move, name="move"),
    path("<int:draft_id>/questions/<slug:item>/remove/", drafting.remove, name="remove"),
    path("<int:draft_id>/languages/", drafting.add_language, name="add_language"),
    path("<int:draft_id>/languages/<str:language>/", drafting.language, name="language"),
    path("<int:draft_id>/languages/<str:language>/sign/", drafting.sign, name="sign"),
    path("<int:draft_id>/preview/<slug:how>/", drafting.preview, name="preview"),
    path("<int:draft_id>/proposal/", drafting.propose, name="propose"),
    path("<int:draft_id>/end/", drafting.throw_away, name="throw_away"),
    path("<int:draft_id>/trials/", trials.begin, name="begin_trial"),
    path("trials/<int:trial_id>/<slug:item>/", trials.question, name="trial"),
]
