"""Addresses. Command: structure, meetings, returns, the operating picture, checklists. No name stands in one."""

from django.urls import URLPattern

app_name = "command"
urlpatterns: list[URLPattern] = [
    # --- Home and structure
    # --- Meetings
    # --- Returns
    # --- Operating picture
    # --- Checklists
]
