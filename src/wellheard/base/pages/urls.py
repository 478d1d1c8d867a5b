from django.urls import path

from wellheard.base.pages import views

app_name = "design"
urlpatterns = [
    path("", views.design, name="design"),
    path("patient/<slug:name>/<slug:language>/", views.patient_page, name="patient_page"),
    path("error/<int:status>/<slug:audience>/", views.error, name="error"),
]
