"""Addresses. Emergencies: activate, phases, positions, exercises, closure. No name stands in one."""

from django.urls import URLPattern

app_name = "events"
urlpatterns: list[URLPattern] = [
    # --- Activation
    # --- Phases
    # --- Positions
    # --- Exercises
    # --- Closure
]
