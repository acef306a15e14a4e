"""A list that leaves says exactly what its page says, to those alone who may take it, and the log says so."""

import csv
import re
from datetime import datetime
from io import StringIO

import fastexcel
import pytest

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.audit.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db
ABOVE = 7  # lines that say what the file is, before the headings


@pytest.fixture
def children(team):
    """Sixty ordinary children, one restricted, one whose address is confidential: more than one page."""
    by = make.worker(team)
    found = [make.child(team.authority, forename=f"Ives{n}") for n in range(60)]
    hushed = make.child(team.authority, forename="Hushed", surname="Notforall", record_class="restricted")
    for each in [*found, hushed]:
        make.plan(each, by)
    found[0].forename = '=HYPERLINK("http://example.org","x")'
    found[0].save()
    return [*found, hushed]


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(StringIO(body(response).decode("utf-8-sig"), newline="")))


def test_a_queue_is_the_page_and_all_its_pages(sign_in, leader, team, children):
    client = sign_in(leader)
    first = client.get("/lists/open/").content.decode()
    assert "<strong>61 children</strong>" in first
    names = []
    for page in (1, 2):
        shown = client.get(f"/lists/open/?page={page}").content.decode()
        names += re.findall(r'<th scope="row"[^>]*>(?:<a[^>]*>)?([^<]+)', shown)
    response = client.get("/lists/open/csv/")
    rows = rows_of(response)
    assert rows[0] == ["Open cases"]
    assert rows[1] == ["Classification", "OFFICIAL-SENSITIVE"]
    assert rows[2][1] == leader.name
    assert rows[3][1] == "2020-06-03 09:30:00"
    assert rows[4:6] == [["Filter", "None"], ["Rows", "61"]]
    taken = [row[0] for row in rows[ABOVE + 1 :]]
    assert len(taken) == 61
    assert taken.count("Restricted record") == 1
    from html import unescape

    assert [name.lstrip("'") for name in taken] == [unescape(name) for name in names]
    assert "Hushed" not in str(rows)
    assert response["Content-Disposition"] == 'attachment; filename="keepsight-open-2020-06-03.csv"'


def test_the_log_says_what_was_taken(sign_in, leader, team, children):
    body(sign_in(leader).get(f"/lists/open/csv/?service=cin&worker={children[0].plan.worker_id}"))
    event = Event.objects.get(kind="exported")
    assert (event.actor_id, event.source) == (str(leader.pk), "desk:list open")
    assert event.detail["rows"] == 61
    assert event.detail["format"] == "csv"
    assert event.detail["filters"] == {"service": "cin", "worker": children[0].plan.worker_id}
    assert sorted(event.detail["shown"]) == sorted(child.pk for child in children[:-1]), "not the restricted one"
    assert "Ives" not in str(event.detail)


def test_a_name_that_a_spreadsheet_would_run_is_only_text(sign_in, leader, team, children):
    client = sign_in(leader)
    text = body(client.get("/lists/open/csv/")).decode()
    assert "\"'=HYPERLINK" in text
    assert not re.search(r'(^|,)"?[=+@-]', text, re.MULTILINE)
    book = fastexcel.read_excel(body(client.get("/lists/open/xlsx/")))
    sheet = book.load_sheet(0, header_row=None).to_polars()
    first = sheet[sheet.columns[0]].to_list()
    assert sum(1 for cell in first if cell and cell.startswith("'=HYPERLINK")) == 1
    due = sheet[sheet.columns[8]].to_list()
    assert datetime(2020, 6, 3).date().isoformat() in str(due)


def test_filters_narrow_the_file_as_they_narrow_the_page(sign_in, leader, team, children):
    make.plan(make.child(team.authority), make.worker(make.team(team.authority)))
    client = sign_in(leader)
    rows = rows_of(client.get(f"/lists/open/csv/?team={team.pk}"))
    assert len(rows) == 61 + ABOVE + 1
    assert rows[4] == ["Filter", f"Team: {team.name}"]


@pytest.mark.parametrize(
    "path", ["/lists/open/", "/lists/vulnerable-learners/", "/teams/{team}/", "/lists/vulnerable-learners/?school=1"]
)
@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.QUALITY_ASSURANCE, Role.DATA_LOADER, Role.ADMINISTRATOR])
def test_who_holds_no_permission_to_take_takes_nothing(sign_in, team, children, role, path):
    client = sign_in(make.user(role, of=team.authority))
    path = path.format(team=team.pk)
    base, _, query = path.partition("?")
    for fmt in ("csv", "xlsx", "print"):
        assert client.get(f"{base}{fmt}/?{query}").status_code == 403
    assert not Event.objects.filter(kind__in=("exported", "printed")).exists()
    assert Event.objects.filter(kind="denied").count() == 3
    page = client.get(path)
    assert b"Take away" not in page.content


def test_who_may_take_but_may_not_see_children_takes_none(sign_in, team, children):
    client = sign_in(make.user(Role.ANALYST, of=team.authority))
    for path in ("/lists/open/csv/", "/lists/vulnerable-learners/csv/", f"/teams/{team.pk}/csv/", "/lists/open/print/"):
        assert client.get(path).status_code == 403


def test_each_format_is_asked_of_its_own_permission(sign_in, team, children):
    who = make.user(Role.INFORMATION_GOVERNANCE, of=team.authority)  # CSV and print, no workbook; sees no child
    Membership.objects.create(
        user=who, authority=team.authority, team=team, role=Role.PRACTITIONER, starts_on=make.days(-9)
    )
    page = sign_in(who).get("/lists/open/")
    assert b"Download as CSV" in page.content
    assert b"Download as Excel" not in page.content


def test_taking_reaches_no_further_than_the_role_that_may_take(sign_in, team, children):
    """A manager here who is a practitioner elsewhere takes away only what is managed."""
    other = make.team(make.authority())
    make.plan(make.child(other.authority, forename="Faraway"), make.worker(other))
    who = make.user(Role.TEAM_MANAGER, team=team)
    Membership.objects.create(
        user=who, authority=other.authority, team=other, role=Role.PRACTITIONER, starts_on=make.days(-9)
    )
    client = sign_in(who)
    assert b"<strong>62 children</strong>" in client.get("/lists/open/").content
    rows = rows_of(client.get("/lists/open/csv/"))
    assert len(rows) == 61 + ABOVE + 1
    assert "Faraway" not in str(rows)


def test_a_print_version_is_the_same_list_and_an_event(sign_in, leader, team, children):
    page = sign_in(leader).get("/lists/open/print/").content.decode()
    assert "OFFICIAL-SENSITIVE" in page
    assert page.count("<tr") == 62
    assert page.count("Restricted record") == 1
    assert "Hushed" not in page
    event = Event.objects.get(kind="printed")
    assert event.detail["rows"] == 61
    assert len(event.detail["shown"]) == 60


def test_a_confidential_school_is_as_hidden_in_the_file_as_on_the_page(sign_in, leader, team, children):
    school = make.setting(team.authority, name="Pretend Primary")
    for child in children[1:4]:
        make.enrolment(school, child)
    make.alert(children[1], "address_confidential")
    client = sign_in(leader)
    schools = rows_of(client.get("/lists/vulnerable-learners/csv/"))[ABOVE + 1 :]
    assert [(row[0], row[3]) for row in schools] == [
        ("Pretend Primary", "2"), ("School hidden: the address is confidential", "1")
    ]  # fmt: skip
    there = rows_of(client.get(f"/lists/vulnerable-learners/csv/?school={school.pk}"))
    assert children[1].forename not in str(there)
    assert there[5] == ["Rows", "2"]


def test_a_team_table_leaves_as_counts(sign_in, manager, team, children):
    rows = rows_of(sign_in(manager).get(f"/teams/{team.pk}/csv/"))
    assert rows[ABOVE][:2] == ["Worker", "Children"]
    assert rows[ABOVE + 1][1] == "61"


def test_a_list_or_team_that_is_not_there_is_not_found(sign_in, manager, team):
    other = make.team(make.authority())
    client = sign_in(manager)
    assert client.get("/lists/nothing/csv/").status_code == 404
    assert client.get(f"/teams/{other.pk}/csv/").status_code == client.get("/teams/999999/csv/").status_code == 404


def test_queries_do_not_grow_with_the_list(sign_in, leader, team, children, django_assert_max_num_queries):
    client = sign_in(leader)
    with django_assert_max_num_queries(12):
        body(client.get("/lists/open/csv/"))
