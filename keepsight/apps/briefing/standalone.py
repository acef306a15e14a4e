"""The report as one page that needs no server: styles inside, charts inside, no script."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from keepsight.apps.briefing.presenters import present_report
from keepsight.core.briefing.document import Document

STYLES = ("ui/govuk.css", "ui/keepsight.css", "briefing/briefing.css")


def page(document: Document) -> str:
    """Give the report as a whole HTML page, to be kept or printed."""
    styles = "\n".join(Path(str(finders.find(name))).read_text(encoding="utf-8") for name in STYLES)
    context = present_report(0, document) | {"styles": mark_safe(styles)}  # noqa: S308 – our own files
    return render_to_string("briefing/standalone.html", context)
