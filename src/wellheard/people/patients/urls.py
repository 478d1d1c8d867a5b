"""Addresses of the staff's pages about patients, under /staff/patients/."""

from django.urls import path

from wellheard.people.patients.views import changing, glass, reading

app_name = "patients"
urlpatterns = [
    path("", reading.search, name="search"),
    path("emergency/", glass.emergency, name="emergency"),
    path("emergency/<int:glass_id>/close/", glass.close, name="close-glass"),
    path("<int:patient_id>/", reading.patient, name="patient"),
    path("<int:patient_id>/change/", changing.change, name="change"),
    path("<int:patient_id>/contacts/", changing.new_contact, name="new-contact"),
    path(
        "<int:patient_id>/contacts/<int:contact_id>/confidential/",
        changing.confidential,
        name="confidential",
    ),
    path("<int:patient_id>/hidden/", changing.hide, name="hide"),
    path("<int:patient_id>/hidden/<int:ruling_id>/end/", changing.show_again, name="show-again"),
    path("<int:patient_id>/death/", changing.death, name="death"),
    path("<int:patient_id>/death/correction/", changing.no_death, name="no-death"),
]
