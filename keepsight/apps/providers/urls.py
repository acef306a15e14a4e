"""Addresses. Providers: the market page. No name stands in one."""

from django.urls import URLPattern

app_name = "providers"
urlpatterns: list[URLPattern] = [
    # --- Market
]
