"""Addresses of intake."""

from django.urls import path

from keepsight.apps.intake import views

app_name = "intake"
urlpatterns = [
    path("loads/", views.loads, name="loads"),
    path("loads/new/", views.send, name="send"),
    path("loads/being-read/<uuid:asked>/", views.waiting, name="waiting"),
    path("loads/<int:pk>/", views.load, name="load"),
    path("loads/<int:pk>/commit/", views.commit, name="commit"),
]
