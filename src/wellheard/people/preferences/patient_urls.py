"""Addresses of the preference centre, under /<language>/preferences/."""

from django.urls import path

from wellheard.people.preferences import views

app_name = "preferences"
urlpatterns = [
    path("<str:secret>/", views.centre, name="centre"),
    path("<str:secret>/stop/", views.stop, name="stop"),
    path("<str:secret>/start/", views.start, name="start"),
    path("<str:secret>/one-click/", views.one_click, name="one-click"),
    path("<str:secret>/<str:topic>/", views.topic, name="topic"),
]
