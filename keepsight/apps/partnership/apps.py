from django.apps import AppConfig


class PartnershipConfig(AppConfig):
    name = "keepsight.apps.partnership"
    label = "partnership"
