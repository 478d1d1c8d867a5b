"""Addresses of the peers (below /staff/peers/)."""

from __future__ import annotations

from django.urls import path

from wellheard.understand.peers import views

app_name = "peers"
urlpatterns = [
    path("", views.peers, name="peers"),
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/pack/", views.pack, name="pack"),
    path("exchange/accept/", views.accept, name="accept"),
    path("exchange/<int:peer_id>/end/", views.end, name="end"),
]
