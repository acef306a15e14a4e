from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "keepsight.apps.api"
    label = "api"
