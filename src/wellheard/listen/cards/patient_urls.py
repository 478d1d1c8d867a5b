"""Addresses of the card, below /<language>/c/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from wellheard.listen.cards import views

app_name = "cards"
_CODE = r"(?P<code>[0-9A-Za-z \-]{3,12})"
_TOKEN = r"(?P<token>[0-9A-Za-z_\-]{16,80})"  # noqa: S105  (a pattern, not a secret)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.find, name="find"),
    path("privacy/", views.privacy, name="privacy"),
    re_path(r"^follow/(?P<secret>[0-9A-Za-z_\-]{16,80})/$", views.follow, name="follow"),
    re_path(rf"^{_CODE}/$", views.start, name="start"),
    re_path(rf"^{_CODE}/{_TOKEN}/rating/$", views.rating, name="rating"),
    re_path(rf"^{_CODE}/{_TOKEN}/story/$", views.story, name="story"),
    re_path(rf"^{_CODE}/{_TOKEN}/reply/$", views.reply, name="reply"),
    re_path(rf"^{_CODE}/{_TOKEN}/contact/$", views.contact, name="contact"),
    re_path(rf"^{_CODE}/{_TOKEN}/check/$", views.check, name="check"),
    re_path(rf"^{_CODE}/{_TOKEN}/thanks/$", views.thanks, name="thanks"),
]
