"""Addresses of the reply desk, below /staff/replies/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.resolve.replies.views import desk, reply

app_name = "replies"

urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("numbers/", desk.numbers, name="numbers"),
    path("outlets/<int:outlet_id>/", desk.way, name="way"),
    path("<int:publicreview_id>/", reply.reply, name="reply"),
    path("<int:publicreview_id>/owner/", reply.owner, name="owner"),
    path("<int:publicreview_id>/approval/", reply.approval, name="approval"),
    path("<int:publicreview_id>/taking-back/", reply.taking_back, name="taking_back"),
    path("<int:publicreview_id>/posted/", reply.posted, name="posted"),
    path("<int:publicreview_id>/again/", reply.again, name="again"),
    path("<int:publicreview_id>/settled/", reply.settled, name="settled"),
]
