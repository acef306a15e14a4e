"""Addresses of governance. No address carries a name."""

from django.urls import path

from keepsight.apps.governance.views import (
    emergencies,
    holds,
    home,
    looked,
    reasons,
    relatives,
    requests,
    restricted,
    retention,
    subject_access,
)

app_name = "governance"
urlpatterns = [
    path("access/", home.home, name="home"),
    # named access, reasons, broken glass, restricted records, own records
    path("access/reason/<uuid:ref>/", reasons.reason, name="reason"),
    path("access/requests/", requests.requests, name="requests"),
    path("access/requests/new/", requests.ask, name="ask"),
    path("access/requests/<int:pk>/", requests.decide, name="request"),
    path("access/named/", requests.named, name="named"),
    path("access/named/<int:pk>/end/", requests.end, name="end_access"),
    path("access/emergency/", emergencies.emergency, name="emergency"),
    path("access/emergencies/", emergencies.emergencies, name="emergencies"),
    path("access/emergencies/week/", emergencies.week, name="emergency_week"),
    path("access/emergencies/<int:pk>/", emergencies.review, name="emergency_review"),
    path("access/notices/<int:pk>/read/", emergencies.read_notice, name="read_notice"),
    path("access/restricted/", restricted.restricted, name="restricted"),
    path("access/restricted/watched/", restricted.watched, name="watched"),
    path("access/restricted/blocked/", restricted.blocked, name="blocked"),
    path("access/restricted/<uuid:ref>/", restricted.restriction, name="restriction"),
    path("access/restricted/<uuid:ref>/end/", restricted.end, name="end_restriction"),
    path("access/restricted/<uuid:ref>/after-adoption/", restricted.after_adoption, name="after_adoption"),
    path("access/relatives/", relatives.relatives, name="relatives"),
    path("access/relatives/nothing-to-add/", relatives.nothing_to_add, name="nothing_to_add"),
    path("access/relatives/<int:pk>/take-back/", relatives.take_back, name="take_back"),
    path("access/declarations/", relatives.declarations, name="declarations"),
    path("access/declarations/<int:pk>/", relatives.declaration, name="declaration"),
    path("access/blocks/<int:pk>/open-again/", relatives.free, name="free_block"),
    # who looked
    path("access/looked/", looked.looked, name="looked"),
    path("access/looked/child/<uuid:ref>/", looked.looked_child, name="looked_child"),
    path("access/looked/person/<int:pk>/", looked.looked_person, name="looked_person"),
    path("access/looked/sample/", looked.looked_sample, name="looked_sample"),
    path("access/looked/sample/<int:seq>/", looked.looked_review, name="looked_review"),
    path("access/looked/log/", looked.looked_log, name="looked_log"),
    path("access/looked/log/check/", looked.looked_check, name="looked_check"),
    # retention and subject access
    path("access/retention/", retention.retention, name="retention"),
    path("access/retention/<slug:code>/<slug:rule>/<slug:phase>/", retention.retention_list, name="retention_list"),
    path("access/disposals/", retention.disposals, name="disposals"),
    path("access/disposals/new/<slug:code>/<slug:rule>/", retention.disposal_preview, name="disposal_preview"),
    path("access/disposals/<int:pk>/", retention.disposal, name="disposal"),
    path("access/disposals/<int:pk>/carry-out/", retention.disposal_carry_out, name="disposal_carry_out"),
    path("access/disposals/<int:pk>/certificate/", retention.certificate, name="certificate"),
    path("access/holds/", holds.holds, name="holds"),
    path("access/holds/<int:pk>/lift/", holds.hold_lift, name="hold_lift"),
    path("access/subject-access/", subject_access.subject_access, name="subject_access"),
    path("access/subject-access/<int:pk>/", subject_access.subject_access_one, name="subject_access_one"),
    path("access/subject-access/<int:pk>/make/", subject_access.subject_access_make, name="subject_access_make"),
    path("access/subject-access/<int:pk>/bundle/", subject_access.subject_access_take, name="subject_access_take"),
]
