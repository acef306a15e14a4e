"""Addresses. Registers: lists, entries, definitions, imports, notices, attachments. No name stands in one."""

from django.urls import URLPattern

app_name = "registers"
urlpatterns: list[URLPattern] = [
    # --- Home and lists
    # --- Entries
    # --- Bulk
    # --- Comments, links, attachments
    # --- Definitions
    # --- Imports
    # --- Notices and messages
    # --- Partner forms
]
