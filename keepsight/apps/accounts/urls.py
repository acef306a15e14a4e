"""Addresses of accounts: people and roles, one's own account."""

from django.urls import path

from keepsight.apps.accounts.views import people

app_name = "accounts"
urlpatterns = [
    # people and roles
    path("people/", people.people, name="people"),
    # one's own account
]
