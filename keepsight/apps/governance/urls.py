"""Addresses of governance. No address carries a name."""

from django.urls import path

from keepsight.apps.governance.views import home

app_name = "governance"
urlpatterns = [
    path("access/", home.home, name="home"),
    # named access, reasons, broken glass, restricted records, own records
    # who looked
    # retention and subject access
]
