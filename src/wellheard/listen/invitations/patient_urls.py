"""Addresses of surveys, below /<language>/s/."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from wellheard.listen.invitations.views import answering as views
from wellheard.listen.invitations.views import leaving, whole

app_name = "invitations"
# Wide on purpose: a link that was cut or altered on its way gets a page that says so.
_TOKEN = r"(?P<token>[0-9A-Za-z_:\-]{8,200})"  # noqa: S105  (a pattern, not a secret)

urlpatterns: list[URLPattern] = [
    re_path(r"^$", leaving.resume, name="resume"),
    re_path(rf"^{_TOKEN}/$", views.start, name="start"),
    # Second, as most of what is asked for are questions; two names are pages of their own.
    re_path(
        rf"^{_TOKEN}/(?!check/|thanks/)(?P<item>[a-z][a-z0-9_]*)/$",
        views.question,
        name="question",
    ),
    re_path(rf"^{_TOKEN}/check/$", views.check, name="check"),
    re_path(rf"^{_TOKEN}/thanks/$", views.thanks, name="thanks"),
    re_path(r"^worker.js$", whole.worker, name="worker"),
    re_path(r"^app.webmanifest$", whole.manifest, name="manifest"),
    # With dashes: no question can be called so.
    re_path(rf"^{_TOKEN}/go-on-later/$", leaving.later, name="later"),
    re_path(rf"^{_TOKEN}/all-questions/$", whole.all_questions, name="all_questions"),
    re_path(rf"^{_TOKEN}/not-me/$", leaving.not_me, name="not_me"),
    re_path(rf"^{_TOKEN}/ended-(?P<why>[a-z]+)/$", leaving.ended, name="ended"),
]
