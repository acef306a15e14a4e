"""Addresses of intake."""

from django.urls import path

from keepsight.apps.intake import views

app_name = "intake"
urlpatterns = [
    path("loads/", views.loads, name="loads"),
    path("loads/<int:pk>/", views.load, name="load"),
]
