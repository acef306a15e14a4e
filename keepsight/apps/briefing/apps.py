from django.apps import AppConfig


class BriefingConfig(AppConfig):
    name = "keepsight.apps.briefing"
    label = "briefing"
    default_auto_field = "django.db.models.BigAutoField"
