from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "keepsight.ui"
    label = "ui"
