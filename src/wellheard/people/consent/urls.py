"""Addresses of consent, under /staff/patients/."""

from django.urls import path

from wellheard.people.consent import views

app_name = "consent"
urlpatterns = [
    path("<int:patient_id>/contacts/<int:contact_id>/stop/", views.stop, name="stop"),
]
