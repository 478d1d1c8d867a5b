"""Addresses of paper surveys, below /staff/paper/."""

from __future__ import annotations

from django.urls import URLPattern, path

from wellheard.listen.sheets import views

app_name = "sheets"

urlpatterns: list[URLPattern] = [
    path("", views.sheets, name="sheets"),
    path("new/", views.new, name="new"),
    path("due/", views.due, name="due"),
    path("runs/<int:sheet_run_id>/", views.run, name="run"),
    path("runs/<int:sheet_run_id>/sheets.pdf", views.pdf, name="pdf"),
    path("runs/<int:sheet_run_id>/list.csv", views.mailing, name="list"),
    path("scans/new/", views.scan, name="scan"),
    path("scans/<int:scan_file_id>/", views.scanned, name="scanned"),
    path("checks/", views.checks, name="checks"),
    path("checks/<int:sheet_check_id>/", views.check, name="check"),
    path("checks/<int:sheet_check_id>/picture.png", views.picture, name="picture"),
    path("key/", views.find, name="find"),
    path("key/<int:sheet_id>/", views.key, name="key"),
    path("key/<int:sheet_id>/end/", views.end, name="end"),
]
