from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "keepsight.apps.workforce"
    label = "workforce"
