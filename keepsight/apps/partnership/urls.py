"""Addresses. Partnership: newsletters and their subscribers. No name stands in one."""

from django.urls import URLPattern

app_name = "partnership"
urlpatterns: list[URLPattern] = [
    # --- Newsletters
]
