"""Addresses of intake, below /staff/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.intake.views import joins, reading, working

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
    path(f"{_ALL}copies/", joins.copies, name="copies"),
    path(f"{_ALL}left-lying/", joins.left_lying, name="left_lying"),
    path(
        f"{_ONE}translations/<int:translation_id>/review/",
        working.review_translation,
        name="review_translation",
    ),
    path(f"{_ONE}translations/", working.translate, name="translate"),
]
