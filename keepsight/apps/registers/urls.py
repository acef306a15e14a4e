"""Addresses. Registers: lists, entries, definitions, imports, notices, attachments. No name stands in one."""

from django.urls import URLPattern, path

from keepsight.apps.registers.views import attachments, board, comments, entry, links, lists, saved, summary

app_name = "registers"
urlpatterns: list[URLPattern] = [
    # --- Home and lists
    path("", lists.home, name="home"),
    # --- Entries
    path("entries/<uuid:ref>/", entry.entry, name="entry"),
    path("entries/<uuid:ref>/change/", entry.change, name="change"),
    path("entries/<uuid:ref>/touch/", entry.touch, name="touch"),
    path("entries/<uuid:ref>/move/", entry.move, name="move"),
    path("entries/<uuid:ref>/assign/", entry.assign, name="assign"),
    path("<slug:code>/<slug:key>/add/", entry.add, name="add"),
    # --- Bulk
    # --- Comments, links, attachments
    path("entries/<uuid:ref>/comment/", comments.comment, name="comment"),
    path("entries/<uuid:ref>/comment/<int:pk>/take-back/", comments.take_back, name="take_back"),
    path("entries/<uuid:ref>/link/", links.link, name="link"),
    path("entries/<uuid:ref>/link/<int:pk>/away/", links.unlink, name="unlink"),
    path("entries/<uuid:ref>/attach/", attachments.attach, name="attach"),
    path("entries/<uuid:ref>/files/<uuid:file>/", attachments.attachment, name="attachment"),
    path("entries/<uuid:ref>/files/<uuid:file>/away/", attachments.take_away, name="take_away"),
    # --- Definitions
    # --- Imports
    # --- Notices and messages
    # --- Partner forms
    # --- Lists: last, because their addresses begin with an authority's code
    path("<slug:code>/<slug:key>/", lists.register, name="list"),
    path("<slug:code>/<slug:key>/search/", lists.search, name="search"),
    path("<slug:code>/<slug:key>/narrow/", lists.narrow, name="narrow"),
    *(path(f"<slug:code>/<slug:key>/{fmt}/", view, name=f"list_{fmt}") for fmt, view in lists.files.items()),
    path("<slug:code>/<slug:key>/board/", board.board, name="board"),
    path("<slug:code>/<slug:key>/summary/", summary.summary, name="summary"),
    path("<slug:code>/<slug:key>/saved/", saved.saved, name="saved"),
    path("<slug:code>/<slug:key>/saved/<int:pk>/begin/", saved.begin, name="saved_begin"),
    path("<slug:code>/<slug:key>/saved/<int:pk>/away/", saved.take_away, name="saved_away"),
]
