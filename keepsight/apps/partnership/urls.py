"""Addresses. Partnership: newsletters and their subscribers. No name stands in one."""

from django.urls import path

from keepsight.apps.partnership.views import news

app_name = "partnership"
urlpatterns = [
    # --- Newsletters
    path("", news.news, name="news"),
    path("archive/", news.archive, name="archive"),
    path("leave/<uuid:token>/", news.leave, name="leave"),
    path("<uuid:ref>/", news.one, name="one"),
    path("<uuid:ref>/subscribers/", news.subscribers, name="subscribers"),
]
