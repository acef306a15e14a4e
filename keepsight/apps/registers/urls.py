"""Addresses. Registers: lists, entries, definitions, imports, notices, attachments. No name stands in one."""

from django.urls import URLPattern, path

from keepsight.apps.registers.views import (
    attachments,
    board,
    bulk,
    comments,
    define,
    entry,
    imports,
    links,
    lists,
    messages,
    notices,
    partner,
    saved,
    summary,
)  # fmt: skip

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
    path("<slug:code>/<slug:key>/bulk/", bulk.choose, name="bulk"),
    path("several/<uuid:ref>/", bulk.preview, name="bulk_preview"),
    # --- Comments, links, attachments
    path("entries/<uuid:ref>/comment/", comments.comment, name="comment"),
    path("entries/<uuid:ref>/comment/<int:pk>/take-back/", comments.take_back, name="take_back"),
    path("entries/<uuid:ref>/link/", links.link, name="link"),
    path("entries/<uuid:ref>/link/<int:pk>/away/", links.unlink, name="unlink"),
    path("entries/<uuid:ref>/attach/", attachments.attach, name="attach"),
    path("entries/<uuid:ref>/files/<uuid:file>/", attachments.attachment, name="attachment"),
    path("entries/<uuid:ref>/files/<uuid:file>/away/", attachments.take_away, name="take_away"),
    # --- Definitions
    path("definitions/", define.definitions, name="definitions"),
    path("definitions/new/from-nothing/", define.definition_new, name="definition_new"),
    path("definitions/new/from-file/", define.definition_upload, name="definition_upload"),
    path("definitions/register/<int:pk>/", define.definition, name="definition"),
    path("definitions/register/<int:pk>/pack/", define.definition_export, name="definition_export"),
    path("definitions/register/<int:pk>/switch/", define.definition_switch, name="definition_switch"),
    path("definitions/register/<int:pk>/draft/", define.draft, name="draft"),
    path("definitions/register/<int:pk>/draft/start/", define.draft_start, name="draft_start"),
    path("definitions/register/<int:pk>/draft/look/", define.draft_look, name="draft_look"),
    path("definitions/register/<int:pk>/draft/text/", define.draft_text, name="draft_text"),
    path("definitions/register/<int:pk>/draft/file/", define.draft_upload, name="draft_upload"),
    path("definitions/register/<int:pk>/draft/publish/", define.draft_publish, name="draft_publish"),
    path("definitions/register/<int:pk>/draft/throw-away/", define.draft_throw_away, name="draft_throw_away"),
    path("definitions/register/<int:pk>/draft/whole/<slug:part>/", define.draft_whole, name="draft_whole"),
    path("definitions/register/<int:pk>/draft/<slug:part>/new/", define.draft_part, name="draft_part_new"),
    path("definitions/register/<int:pk>/draft/<slug:part>/<slug:key>/", define.draft_part, name="draft_part"),
    path("definitions/register/<int:pk>/draft/<slug:part>/<slug:key>/do/", define.draft_move, name="draft_move"),
    # --- Imports
    path("<slug:code>/<slug:key>/import/", imports.send, name="import_send"),
    path("<slug:code>/<slug:key>/import/empty.<str:fmt>", imports.template, name="import_template"),
    path("imports/<uuid:ref>/rows/", imports.load, name="import"),
    path("imports/<uuid:ref>/columns/", imports.columns, name="import_columns"),
    path("imports/<uuid:ref>/rows/add/", imports.add, name="import_add"),
    path("imports/<uuid:ref>/rows/to-mend.<str:fmt>", imports.handed_back, name="import_back"),
    # --- Notices and messages
    path("notices/", notices.notices, name="notices"),
    path("notices/all/read/", notices.mark_read, name="notices_read"),
    path("notices/mail/choose/", notices.mail, name="notices_mail"),
    path("notices/<int:pk>/open/", notices.open_notice, name="notice_open"),
    path("messages/", messages.unsent, name="messages"),
    path("messages/unsent/again/", messages.try_again, name="messages_again"),
    # --- Partner forms
    path("forms/", partner.forms, name="partner_forms"),
    path("forms/<slug:code>/<slug:key>/fill/", partner.fill, name="partner_form"),
    path("forms/<slug:code>/<slug:key>/sent/<uuid:ref>/", partner.sent, name="partner_sent"),
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
