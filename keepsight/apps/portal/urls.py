"""Addresses of the portal."""

from django.urls import path

from keepsight.apps.portal.views import extract, figures, placements, pupils, setting_people

app_name = "portal"
urlpatterns = [
    path("portal/pupils/", pupils.pupils, name="pupils"),
    path("portal/pupils/<int:pk>/", pupils.pupils, name="pupils_of"),
    path("portal/placements/", placements.placements, name="placements"),
    path("portal/placements/<int:pk>/", placements.placements, name="placements_of"),
    path("portal/figures/", figures.figures, name="figures"),
    path("portal/extract/", extract.extract, name="extract"),
    path("portal/extract/csv/", extract.extract_csv, name="extract_csv"),
    path("portal/extract/parquet/", extract.extract_parquet, name="extract_parquet"),
    path("portal/people-of-settings/", setting_people.setting_people, name="setting_people"),
    path("portal/people-of-settings/<int:pk>/end/", setting_people.end_setting_person, name="end_setting_person"),
]
