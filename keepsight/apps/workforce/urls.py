"""Addresses. Workforce: staffing, rota, surveys, redeployment. No name stands in one."""

from django.urls import path

from keepsight.apps.workforce.views import redeployment, rota, staffing, surveys

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
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.survey_new, name="survey_new"),
    path("surveys/<uuid:ref>/", surveys.survey, name="survey"),
    path("surveys/<uuid:ref>/answer/", surveys.survey_answer, name="survey_answer"),
    # --- Redeployment
    path("redeployment/", redeployment.matches, name="redeployment"),
    path("redeployment/propose/", redeployment.propose, name="redeployment_propose"),
]
