"""Addresses. Workforce: staffing, rota, surveys, redeployment. No name stands in one."""

from django.urls import path

from keepsight.apps.workforce.views import rota, staffing

app_name = "workforce"
urlpatterns = [
    # --- Staffing
    path("", staffing.staffing, name="staffing"),
    path("cover/", staffing.cover, name="cover"),
    # --- Rota
    path("rotas/", rota.rotas, name="rotas"),
    path("rotas/new/", rota.new, name="rota_new"),
    path("rotas/<uuid:ref>/", rota.rota, name="rota"),
    path("rotas/<uuid:ref>/people/", rota.people, name="rota_people"),
    path("rotas/<uuid:ref>/fill/", rota.fill, name="rota_fill"),
    path("rotas/<uuid:ref>/publish/", rota.publish, name="rota_publish"),
    path("rotas/<uuid:ref>/duties/<int:pk>/", rota.shift, name="rota_shift"),
    # --- Surveys
    # --- Redeployment
]
