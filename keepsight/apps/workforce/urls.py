"""Addresses. Workforce: staffing, rota, surveys, redeployment. No name stands in one."""

from django.urls import URLPattern

app_name = "workforce"
urlpatterns: list[URLPattern] = [
    # --- Staffing
    # --- Rota
    # --- Surveys
    # --- Redeployment
]
