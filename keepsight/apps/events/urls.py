"""Addresses. Emergencies: the list of them, and working inside an exercise. The rest stands in command."""

from django.urls import path

from keepsight.apps.events.views import exercises

app_name = "events"
urlpatterns = [
    path("", exercises.emergencies, name="emergencies"),
    path("exercises/leave/", exercises.leave, name="leave"),
    path("exercises/<uuid:ref>/enter/", exercises.enter, name="enter"),
]
