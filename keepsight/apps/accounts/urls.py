"""Addresses of accounts: people and roles, one's own account."""

from django.urls import path

from keepsight.apps.accounts.views import account, cover, people, people_person, people_teams

app_name = "accounts"
urlpatterns = [
    # people and roles
    path("people/", people.people, name="people"),
    path("people/csv/", people.people_csv, name="people_csv"),
    path("people/reports/", people.people_reports, name="people_reports"),
    path("people/new/", people_person.join, name="person_new"),
    path("people/<int:pk>/", people_person.person, name="person"),
    path("people/<int:pk>/change/", people_person.change, name="person_change"),
    path("people/<int:pk>/end/", people_person.end, name="person_end"),
    path("people/<int:pk>/open-again/", people_person.open_again, name="person_open_again"),
    path("people/<int:pk>/second-factor/", people_person.reset_factor, name="person_reset_factor"),
    path("people/<int:pk>/link/", people_person.make_link, name="person_make_link"),
    path("people/<int:pk>/link/shown/", people_person.show_link, name="person_link"),
    path("people/<int:pk>/worker/", people_person.worker, name="person_worker"),
    path("people/<int:pk>/roles/", people_person.give_role, name="role_give"),
    path("people/held/<int:pk>/end/", people_person.end_role, name="role_end"),
    path("people/workers/<int:pk>/unlink/", people_person.unlink_worker, name="worker_unlink"),
    path("people/roles/", people.roles, name="roles"),
    path("people/roles/<slug:role>/", people.role, name="role"),
    path("people/teams/", people_teams.teams, name="teams"),
    path("people/teams/<int:pk>/", people_teams.team, name="team"),
    path("people/services/new/", people_teams.service, name="service_new"),
    path("cover/", cover.covers, name="cover"),
    path("cover/<int:pk>/arrange/", cover.arrange, name="cover_arrange"),
    path("cover/<int:pk>/end/", cover.end, name="cover_end"),
    # one's own account
    path("account/", account.account, name="account"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("account/needed/", account.second_factor, name="second_factor"),
    path("account/terms/", account.terms, name="terms"),
]
