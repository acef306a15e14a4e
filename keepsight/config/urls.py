"""Addresses: one line an app."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
]
