"""Addresses of intake, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.intake.views import reading, working

app_name = "intake"
_ALL = "comments/"
_ONE = f"{_ALL}<int:comment_id>/"
_FILE = f"{_ONE}attachments/<int:attachment_id>/"

urlpatterns: list[URLPattern] = [
    path(_ALL, reading.comments, name="comments"),
    path("thanks/", reading.thanks, name="thanks"),
    path(_ONE, reading.comment, name="comment"),
    path(_FILE, reading.attachment, name="attachment"),
    path(f"{_FILE}transcript/", working.transcribe, name="transcribe"),
    path(f"{_ONE}dispositions/", working.decide, name="decide"),
    path(f"{_ONE}passings-on/", working.pass_on, name="pass_on"),
    path(f"{_ONE}owner/", working.assign, name="assign"),
    path(f"{_ONE}copies/", working.mark_copy, name="mark_copy"),
    path(f"{_ONE}copies/removal/", working.not_a_copy, name="not_a_copy"),
    path(f"{_ONE}translations/", working.translate, name="translate"),
]
