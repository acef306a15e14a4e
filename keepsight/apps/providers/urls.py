"""Addresses. Providers: the market page. No name stands in one."""

from django.urls import path

from keepsight.apps.providers import views

app_name = "providers"
urlpatterns = [
    # --- Market
    path("", views.market, name="market"),
]
