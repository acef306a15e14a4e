"""Addresses of the desk. No address carries a name."""

from django.urls import path

from keepsight.apps.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
]
