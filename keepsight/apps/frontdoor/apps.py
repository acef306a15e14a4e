from django.apps import AppConfig


class FrontdoorConfig(AppConfig):
    name = "keepsight.apps.frontdoor"
    label = "frontdoor"
    default_auto_field = "django.db.models.BigAutoField"
