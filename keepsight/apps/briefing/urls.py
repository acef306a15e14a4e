"""Addresses of briefing."""

from django.urls import path

from keepsight.apps.briefing import views

app_name = "briefing"
urlpatterns = [
    path("picture/", views.picture, name="picture"),
    path("reports/", views.reports, name="reports"),
    path("reports/new/", views.make_report, name="make_report"),
    path("reports/being-made/<uuid:asked>/", views.making, name="making"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/<slug:kind>/", views.download, name="download"),
]
