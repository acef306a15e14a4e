from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "keepsight.apps.assurance"
    label = "assurance"
