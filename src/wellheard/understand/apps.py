from django.apps import AppConfig


class UnderstandConfig(AppConfig):
    name = "wellheard.understand"
    label = "understand"
    default_auto_field = "django.db.models.BigAutoField"
