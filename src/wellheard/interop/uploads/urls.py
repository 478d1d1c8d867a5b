"""Addresses under /staff/imports/."""

from django.urls import path

from wellheard.interop.uploads import views

app_name = "imports"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.upload, name="upload"),
    path("taken/<slug:batch>/undo/", views.undo, name="undo"),
    path("<slug:token>/columns/", views.columns, name="columns"),
    path("<slug:token>/check/", views.check, name="check"),
    path("<slug:token>/forget/", views.forget, name="forget"),
    path("<slug:token>/", views.progress, name="progress"),
]
