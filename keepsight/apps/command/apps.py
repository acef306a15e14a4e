from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "keepsight.apps.command"
    label = "command"
