"""Addresses of the auditor's pages, under /staff/."""

from django.urls import path

from wellheard.people.access import views

app_name = "access"
urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/verdict/", views.verify, name="verify"),
    path("audit/refused/", views.refused, name="refused"),
    path("audit/roles/", views.review, name="review"),
    path("audit/glass/", views.all_glass, name="all-glass"),
    path("audit/glass/<int:glass_id>/", views.glass, name="glass"),
]
