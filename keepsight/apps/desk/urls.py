"""Addresses of the desk. No address carries a name."""

from django.urls import path

from keepsight.apps.desk import views
from keepsight.apps.desk.views import exports

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("work/", views.my_work, name="my_work"),
    path("children/<uuid:ref>/", views.child, name="child"),
    path("children/<uuid:ref>/visit/", views.record_visit, name="record_visit"),
    path("children/<uuid:ref>/visit/draft/", views.save_draft, name="save_draft"),
    path("children/<uuid:ref>/visit/recorded/", views.visit_recorded, name="visit_recorded"),
    path("children/<uuid:ref>/rating/", views.confirm_rating, name="confirm_rating"),
    path("children/<uuid:ref>/safe-contact/", views.safe_contact, name="safe_contact"),
    path("children/<uuid:ref>/safe-contact/change/", views.change_safe_contact, name="change_safe_contact"),
    path("children/<uuid:ref>/safe-contact/end/", views.end_safe_contact, name="end_safe_contact"),
    path("children/<uuid:ref>/seen/", views.record_sighting, name="record_sighting"),
    path("visits/<int:pk>/reason/", views.sign_virtual, name="sign_virtual"),
    path("ratings/<int:pk>/approval/", views.approve, name="approve"),
    path("approvals/", views.approvals, name="approvals"),
    path("teams/", views.teams, name="teams"),
    path("teams/<int:pk>/", views.team, name="team"),
    path("lists/vulnerable-learners/", views.vulnerable_learners, name="vulnerable_learners"),
    path("lists/<slug:queue>/", views.queue, name="list"),
    path("children/<uuid:ref>/print/", exports.child, name="child_print"),
    *(path(f"teams/<int:pk>/{fmt}/", view, name=f"team_{fmt}") for fmt, view in exports.team.items()),
    *(
        path(f"lists/vulnerable-learners/{fmt}/", view, name=f"vulnerable_learners_{fmt}")
        for fmt, view in exports.learners.items()
    ),
    *(path(f"lists/<slug:queue>/{fmt}/", view, name=f"list_{fmt}") for fmt, view in exports.queue.items()),
    path("find/", views.find, name="find"),
    path("find/known/", views.known, name="known"),
]
