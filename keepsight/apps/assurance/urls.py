"""Addresses. Assurance: audits, evidence binder, returns to the Department. No name stands in one."""

from django.urls import URLPattern

app_name = "assurance"
urlpatterns: list[URLPattern] = [
    # --- Audits
    # --- Evidence binder
    # --- Waves
]
