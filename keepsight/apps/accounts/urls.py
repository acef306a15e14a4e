"""Addresses of accounts: people and roles, one's own account."""

from django.urls import path

from keepsight.apps.accounts.views import account, cover, people, people_person, people_teams

app_name = "accounts"
urlpatterns = [
    # people and roles
    path("people/", people.people, name="people"),
    # one's own account
]
    path("account/", account.account, name="account"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("account/needed/", account.second_factor, name="second_factor"),
    path("account/terms/", account.terms, name="terms"),
