from django.apps import AppConfig


class ResolveConfig(AppConfig):
    name = "wellheard.resolve"
    label = "resolve"
    default_auto_field = "django.db.models.BigAutoField"
