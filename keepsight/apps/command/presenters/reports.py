"""Operating pictures as pages and papers show them."""

from typing import Any

from keepsight.apps.command.addresses import source_href
from keepsight.apps.command.models import CommandReport
from keepsight.core.command.paper import Paper
from keepsight.core.command.picture import paper as paper_of
from keepsight.ui.templatetags.govuk import moment

COLOURS = {"draft": "grey", "signed": "green", "replaced": "purple"}
FIGURES = "figures"
SHORT = 16


def present_row(report: CommandReport) -> dict[str, Any]:
    """A picture in a list."""
    return {
        "ref": report.ref, "title": report.title, "number": report.number, "state": report.get_state_display(),
        "colour": COLOURS[report.state], "made_at": report.made_at, "signed_at": report.signed_at,
        "made_by": report.made_by.name if report.made_by else "", "event": report.event.title,
        "signed_by": report.signed_by.name if report.signed_by else "",
        "draft": report.state == CommandReport.State.DRAFT,
    }  # fmt: skip


def blocks(report: CommandReport, *, figures: bool) -> list[dict[str, Any]]:
    """The blocks of a picture; figures about children only for who may read them."""
    shown = [each if figures or each["kind"] != FIGURES else _hidden(each) for each in report.body["blocks"]]
    return [{**block, "rows": [_labelled(block["headings"], row) for row in block["rows"]]} for block in shown]


def _labelled(headings: list[str], row: dict[str, Any]) -> dict[str, Any]:
    """A row whose cells know their heading, for narrow screens."""
    pairs = zip(headings, row["cells"], strict=True)
    return {"source": row["source"], "cells": [{"heading": heading, "words": words} for heading, words in pairs]}


def _hidden(block: dict[str, Any]) -> dict[str, Any]:
    words = "Your role does not include figures about children."
    return {**block, "figures": [], "rows": [], "text": "", "sentences": [words]}


def sources(report: CommandReport, *, figures: bool) -> list[dict[str, Any]]:
    """Where each figure came from, with the list or entry that it opens."""
    return [
        {**each, "href": source_href(each["opens"], report.event.authority.code)}
        for each in report.body["sources"]
        if figures or not {"snapshot", "report"} & set(each["opens"])
    ]


def paper(report: CommandReport, *, figures: bool) -> Paper:
    """The picture as a paper, with who made and who signed it."""
    event = report.event
    signed = f"{report.signed_by.name if report.signed_by else ''}, {moment(report.signed_at)}"
    facts = [
        ("Version", f"{report.number} ({report.get_state_display().lower()})"),
        ("As at", moment(report.made_at)),
        ("Phase", report.body["phase"]),
        ("Put together by", report.made_by.name if report.made_by else "Nobody"),
        ("Signed off by", signed if report.signed_at else "Not signed off yet"),
        ("Fingerprint", report.digest[:SHORT]),
    ]
    left_out = frozenset() if figures else frozenset({FIGURES})
    return paper_of(
        report.body, subtitle=f"{event.authority.name}, version {report.number}", facts=facts, leave_out=left_out
    )
