from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "keepsight.apps.providers"
    label = "providers"
