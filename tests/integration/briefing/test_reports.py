import re
from datetime import timedelta
from io import BytesIO

import polars as pl
import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.briefing import actions
from keepsight.apps.briefing.models import Report
from keepsight.apps.contact.models import QUEUES, ContactPlan
from keepsight.core.briefing.document import from_json
from keepsight.core.briefing.figures import FIGURES
from keepsight.core.briefing.pdf import content, pdf
from keepsight.core.briefing.workbook import workbook
from keepsight.core.errors import NotAllowedNow
from tests import factories as make


@pytest.fixture
def report(fellshire, fenborough):
    return actions.make_report([fellshire, fenborough], on=make.TODAY, at=make.NOW)


@pytest.fixture
def document(report):
    return from_json(Report.objects.get(pk=report.pk).figures["document"])


def figures_of(report) -> pl.DataFrame:
    return pl.DataFrame(report.figures["figures"], schema=FIGURES.schema, orient="row")


def test_the_report_counts_what_the_lists_hold(report):
    whole = dict(figures_of(report).filter(breakdown="all").select("indicator", "numerator").iter_rows())
    counts = ContactPlan.objects.counts(QUEUES, make.TODAY)
    said = {"NOBODY": "nobody", "OVERDUE": "overdue", "TO_SEE": "to-see", "UNRATED": "unrated", "I23_RED": "red"}
    assert {code: whole[code] for code in said} == {code: counts[queue] for code, queue in said.items()}
    assert whole["REVIEW_PAST"] == counts["review-expired"]


def test_what_is_kept_is_what_was_made(report, document):
    assert from_json(document.as_json()) == document
    assert [origin.authority for origin in document.origins] == ["fellshire", "fenborough"]
    assert {origin.snapshot for origin in document.origins} == set(report.snapshots.values_list("pk", flat=True))


def test_every_figure_shown_has_a_definition_and_every_definition_a_source(document):
    shown = {tile.indicator for section in document.sections for tile in section.tiles}
    assert shown <= set(document.footnotes)
    assert all(d.definition and d.lists and d.source for d in document.definitions)


def text_of_page(client, pk: int) -> str:
    page = client.get(f"/reports/{pk}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<(svg).*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_page_pdf_and_workbook_say_the_same(sign_in, leader, report, document):
    """Every cell of every table, by the three ways out."""
    page = text_of_page(sign_in(leader), report.pk)
    tables = [table for section in document.sections for table in section.tables]
    of_pdf = [table["rows"] for section in content(document)["sections"] for table in section["tables"]]
    assert of_pdf == [[[cell["text"] for cell in row] for row in table.cells] for table in tables]
    for table in tables:
        for row in table.cells:
            assert " ".join(cell["text"] for cell in row if cell["text"]) in page
    sheets = pl.read_excel(BytesIO(workbook(document)), sheet_id=0, has_header=False)
    for section in document.sections:
        written = [[cell for cell in row if cell] for row in sheets[section.heading[:31]].iter_rows()]
        for table in section.tables:
            for row in table.rows:
                assert any(same(row, cells) for cells in written), (section.id, row)


def same(row, cells) -> bool:
    """A row of the report and one of the sheet, whose numbers come back as text beside text."""
    said = [value for value in row if value is not None and value != ""]
    return len(said) == len(cells) and all(
        value == cell if isinstance(value, str) else float(cell) == pytest.approx(value)
        for value, cell in zip(said, cells, strict=True)
        if isinstance(value, str) or re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)
    )


def test_numbers_of_the_workbook_are_the_figures(document):
    sheets = pl.read_excel(BytesIO(workbook(document)), sheet_name="Contact overdue, by team", has_header=False)
    table = next(s for s in document.sections if s.id == "overdue").tables[0]
    first = [row for row in sheets.iter_rows() if row[0] == table.rows[0][0]][-1]
    assert float(first[2]) == table.rows[0][2]
    assert float(first[4]) == pytest.approx(table.rows[0][4])


def test_the_pdf_is_tagged_and_titled(document):
    written = pdf(document)
    assert written.startswith(b"%PDF")
    assert b"/MarkInfo" in written
    assert b"/StructTreeRoot" in written
    assert b"pdfuaid:part" in written


def test_making_a_report_takes_a_role_and_leaves_an_event(sign_in, leader):
    made = sign_in(leader).post("/reports/new/", {"authority": ""})
    report = Report.objects.get()
    assert made.headers["Location"] == f"/reports/{report.pk}/"
    assert report.authority_codes == "fellshire,fenborough"
    assert Event.objects.filter(kind="report_made", actor_id=str(leader.pk)).count() == 1


def test_a_report_of_one_council(sign_in, leader, fenborough):
    sign_in(leader).post("/reports/new/", {"authority": "fenborough"})
    assert Report.objects.get().authority_codes == "fenborough"


def test_a_report_is_never_made_by_opening_a_page(sign_in, leader):
    assert sign_in(leader).get("/reports/new/").status_code == 405


@pytest.mark.parametrize(
    ("role", "status"), [(Role.PRACTITIONER, 403), (Role.TEAM_MANAGER, 403), (Role.ANALYST, 302), (Role.LEADER, 302)]
)
def test_who_may_make_a_report(sign_in, fellshire, role, status):
    assert sign_in(make.user(role, of=fellshire)).post("/reports/new/").status_code == status


def test_a_report_about_two_councils_is_not_for_a_leader_of_one(sign_in, report, fellshire):
    client = sign_in(make.user(Role.LEADER, of=fellshire))
    assert client.get(f"/reports/{report.pk}/").status_code == 404
    assert client.get(f"/reports/{report.pk}/pdf/").status_code == 404
    assert b"Morning report" not in client.get("/reports/").content


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK\x03\x04"), ("html", b"<!DOCTYPE")])
def test_taking_a_report_away_is_an_event_and_its_file_names_nobody(sign_in, leader, report, kind, begins):
    file = sign_in(leader).get(f"/reports/{report.pk}/{kind}/")
    assert file.content.startswith(begins)
    assert (
        file.headers["Content-Disposition"] == f'attachment; filename="keepsight-morning-2020-06-03-{report.pk}.{kind}"'
    )
    event = Event.objects.get(kind="exported")
    assert (event.subject_id, event.detail["format"]) == (str(report.pk), kind)


def test_no_other_kind_of_file(sign_in, leader, report):
    assert sign_in(leader).get(f"/reports/{report.pk}/docx/").status_code == 404


def test_nothing_loaded_nothing_reported(db):
    with pytest.raises(NotAllowedNow, match="nothing to report yet"):
        actions.make_report([make.authority()], on=make.TODAY, at=make.NOW)


def test_the_second_report_of_a_quiet_morning_rests_on_the_same_snapshots(report, fellshire, fenborough):
    again = actions.make_report([fellshire, fenborough], on=make.TODAY, at=make.NOW + timedelta(hours=1))
    assert set(again.snapshots.all()) == set(report.snapshots.all())
    assert again.figures["figures"] == report.figures["figures"]


def test_a_list_with_a_formula_in_it_stays_text(fellshire):
    team = fellshire.teams.first()
    team.name = '=HYPERLINK("http://example.org")'
    team.save()
    made = actions.make_report([fellshire], on=make.TODAY, at=make.NOW)
    sheet = pl.read_excel(BytesIO(workbook(from_json(made.figures["document"]))), sheet_name="Contact overdue, by team")
    assert f"'{team.name}" in sheet[sheet.columns[0]].to_list()


def test_the_members_edition_hides_small_numbers_and_teams(sign_in, leader, report):
    edition = actions.members_of(report)
    cells = [cell for section in edition.sections for table in section.tables for row in table.rows for cell in row[1:]]
    assert "c" in cells
    assert not [cell for cell in cells if isinstance(cell, int) and 1 <= cell <= 5]
    said = str(content(edition))
    assert not [team for team in report_teams(report) if team in said]
    file = sign_in(leader).get(f"/reports/{report.pk}/members/")
    assert file.content.startswith(b"%PDF")
    assert f"keepsight-members-2020-06-03-{report.pk}.pdf" in file.headers["Content-Disposition"]


def report_teams(report) -> set[str]:
    return set(figures_of(report).filter(breakdown="team")["group"])
