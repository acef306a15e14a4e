from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "keepsight.apps.registers"
    label = "registers"
