from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "keepsight.apps.events"
    label = "events"
