"""Addresses. Assurance: audits, evidence binder, returns to the Department. No name stands in one."""

from django.urls import path

from keepsight.apps.assurance.views import audits, binder, waves

app_name = "assurance"
urlpatterns = [
    # --- Audits
    path("", audits.audits, name="audits"),
    path("cases/", audits.my_cases, name="my_cases"),
    path("cases/<int:pk>/", audits.judge, name="judge"),
    path("audits/new/", audits.audit_new, name="audit_new"),
    path("audits/<uuid:ref>/", audits.one, name="audit"),
    path("audits/<uuid:ref>/close/", audits.close, name="audit_close"),
    path("audits/<uuid:ref>/action/", audits.act, name="audit_act"),
    # --- Evidence binder
    path("binder/", binder.binder, name="binder"),
    path("binder/bundle/", binder.binder_bundle, name="binder_bundle"),
    # --- Waves
    path("returns/", waves.waves, name="waves"),
    path("returns/count/", waves.wave_count, name="wave_count"),
    path("returns/<uuid:ref>/", waves.wave, name="wave"),
    path("returns/<uuid:ref>/lock/", waves.wave_lock, name="wave_lock"),
]
