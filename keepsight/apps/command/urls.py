"""Addresses. Command: structure, meetings, returns, the operating picture, checklists. No name stands in one."""

from django.urls import URLPattern, path

from keepsight.apps.command.views import (
    activation,
    checklists,
    meetings,
    rapid_response,
    reports,
    returns,
    structure,
)

app_name = "command"
urlpatterns: list[URLPattern] = [
    # --- Home and structure
    path("", structure.home, name="home"),
    path("activate/", activation.activate, name="activate"),
    path("activate/<slug:code>/<slug:pack>/", activation.activating_one, name="activating"),
    path("<uuid:ref>/", structure.event, name="event"),
    path("<uuid:ref>/structure/", structure.chart, name="structure"),
    path("<uuid:ref>/cells/<slug:key>/", structure.cell, name="cell"),
    path("<uuid:ref>/cells/<slug:key>/end/", structure.cell_end, name="cell_end"),
    path("<uuid:ref>/cells/<slug:key>/members/<int:pk>/end/", structure.member_end, name="member_end"),
    path("<uuid:ref>/positions/", structure.positions, name="positions"),
    path("<uuid:ref>/positions/<slug:key>/", structure.position, name="position"),
    path("<uuid:ref>/terms/<int:pk>/", structure.term, name="term"),
    path("<uuid:ref>/phases/", structure.phases, name="phases"),
    path("<uuid:ref>/phases/<slug:key>/", structure.phase, name="phase"),
    path("<uuid:ref>/close/", activation.close, name="close"),
    path("<uuid:ref>/exercise/take-away/", activation.dispose, name="dispose"),
    path("<uuid:ref>/report/", activation.event_report, name="event_report"),
    # --- Meetings
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("meetings/<uuid:ref>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:ref>/agree/", meetings.meeting_agree, name="meeting_agree"),
    path("meetings/<uuid:ref>/move/", meetings.meeting_move, name="meeting_move"),
    path("meetings/<uuid:ref>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("meetings/<uuid:ref>/minutes.docx", meetings.minutes_docx, name="minutes_docx"),
    path("meetings/<uuid:ref>/minutes.pdf", meetings.minutes_pdf, name="minutes_pdf"),
    path("escalate/<uuid:ref>/", rapid_response.escalate, name="escalate"),
    path("rapid-response/<uuid:ref>/start/", rapid_response.rapid_start, name="rapid_start"),
    path("rapid-response/<uuid:ref>/decide/", rapid_response.rapid_decide, name="rapid_decide"),
    # --- Returns
    path("returns/", returns.returns, name="returns"),
    path("returns/<int:pk>/", returns.return_, name="return"),
    path("returns/<int:pk>/chase/", returns.return_chase, name="return_chase"),
    path("returns/<int:pk>/name/", returns.return_name, name="return_name"),
    path("returns/rounds/<int:pk>/", returns.round_, name="round"),
    path("returns/history/<slug:register>/", returns.returns_history, name="returns_history"),
    # --- Operating picture
    path("reports/", reports.reports, name="reports"),
    path("reports/make/<slug:key>/", reports.report_make, name="report_make"),
    path("reports/<uuid:ref>/", reports.report, name="report"),
    path("reports/<uuid:ref>/words/<slug:block>/", reports.report_write, name="report_write"),
    path("reports/<uuid:ref>/sign/", reports.report_sign, name="report_sign"),
    path("reports/<uuid:ref>/report.docx", reports.report_docx, name="report_docx"),
    path("reports/<uuid:ref>/report.pdf", reports.report_pdf, name="report_pdf"),
    # --- Checklists
    path("checklists/", checklists.checklists, name="checklists"),
    path("checklists/<slug:key>/<int:item>/tick/", checklists.checklist_tick, name="checklist_tick"),
]
