"""Members see suppressed aggregates of their own authority, from the newest snapshot, and nothing leads further."""

import re
from datetime import timedelta

import pytest

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.audit.models import Event
from keepsight.apps.briefing import actions
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.SNAPSHOTS = tmp_path / "snapshots"


def council(name: str, counts: dict[tuple[str, str], int], unseen: int = 3):
    """A council with so many open cases of each service and level, some of whom nobody has seen, in two districts."""
    here = make.authority(name=name)
    districts = [make.district(here, name=f"{name} {side}") for side in ("Vale", "Moor")]
    by = make.worker(make.team(here))
    nth = 0
    for (service, level), count in counts.items():
        for _ in range(count):
            nth += 1
            make.plan(
                make.child(here, district=districts[nth % 2]), by, service=service, level=level, worked_level=level,
                unseen_from=make.days(-1) if nth <= unseen else make.days(9),
            )  # fmt: skip
    return here


COUNTS = {
    ("cin", "red"): 9, ("cin", "amber"): 12, ("cin", "green"): 3, ("cp", "red"): 8, ("cp", "amber"): 7,
    ("cla", "green"): 11, ("cla", "unrated"): 6,
}  # fmt: skip


@pytest.fixture
def here():
    here = council("Inventshire", COUNTS)
    actions.take_snapshot(here, on=make.TODAY, at=make.NOW)
    return here


@pytest.fixture
def member(here):
    return make.user(Role.MEMBER, of=here)


def tables(client) -> dict[str, list[list[str]]]:
    page = client.get("/portal/figures/").content.decode()
    found = {}
    for caption, body in re.findall(r"<caption[^>]*>(.*?)</caption>(.*?)</table>", page, re.DOTALL):
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
        found[caption] = [[cell.strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]
    return found


def test_small_numbers_are_hidden_and_cannot_be_worked_out_from_totals(sign_in, member):
    levels = tables(sign_in(member))["Open cases by service and level"]
    body = levels[1:]
    shown = [cell for row in body for cell in row[1:]]
    assert "c" in shown
    assert not [cell for cell in shown if cell.isdecimal() and 1 <= int(cell) <= 5]
    # nobody gets the one small cell (child in need, Green: 3) by taking the others from a total
    for line in [row[1:] for row in body] + [list(column) for column in zip(*[row[1:] for row in body], strict=True)]:
        assert line.count("c") != 1, "one hidden cell in a line is its total without the rest"


def test_a_district_with_small_numbers_is_suppressed(sign_in, member):
    sight = tables(sign_in(member))["Open cases by district, and whether anyone saw the child in time"]
    assert {row[1] for row in sight[1:]} == {"c"}, "two children and one child whom nobody has seen"


def test_two_days_are_named_as_a_way_to_tell_one_child(sign_in, member):
    assert (
        "Do not publish the figures of two days side by side"
        in sign_in(member).get("/portal/figures/").content.decode()
    )


def test_nothing_leads_further(sign_in, member, here):
    client = sign_in(member)
    page = client.get("/portal/figures/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "href" not in main
    assert here.teams.get().name not in main
    child = here.children.first()
    pages = ["/picture/", "/reports/", "/lists/open/", "/lists/open/csv/", "/teams/", "/find/", "/loads/",
             f"/children/{child.ref}/", "/portal/extract/", "/portal/pupils/"]  # fmt: skip
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 403)


def test_only_the_own_authority_and_each_alone(sign_in, member, here):
    there = council("Othershire", {("cin", "red"): 20})
    actions.take_snapshot(there, on=make.TODAY, at=make.NOW)
    client = sign_in(member)
    assert "Othershire" not in client.get("/portal/figures/").content.decode()
    Membership.objects.create(user=member, authority=there, role=Role.MEMBER, starts_on=make.days(-9))
    page = client.get("/portal/figures/").content.decode()
    assert page.count("Open cases by service and level</caption>") == 2
    assert "Inventshire and Othershire" not in page


def test_the_newest_snapshot_counts(sign_in, member, here):
    by = here.workers.get()
    for _ in range(10):
        make.plan(make.child(here, district=here.districts.first()), by, service="cla", level="green")
    before = tables(sign_in(member))["Open cases by service and level"][-1][-1]
    actions.take_snapshot(here, on=make.TODAY, at=make.NOW)
    after = tables(sign_in(member))["Open cases by service and level"][-1][-1]
    assert (before, after) == ("56", "66")


def test_without_a_snapshot_there_are_no_figures(sign_in):
    page = sign_in(make.user(Role.MEMBER, of=make.authority())).get("/portal/figures/")
    assert "There are no figures yet" in page.content.decode()


def test_opening_it_is_an_event(sign_in, member):
    tables(sign_in(member))
    assert Event.objects.get(kind="portal_opened").source == "portal:figures"


def test_the_edition_of_a_report_is_the_same_as_the_page(sign_in, member, here):
    """One partition only: what two editions show differently could be taken apart."""
    there = council("Othershire", {("cin", "red"): 20})
    report = actions.make_report([here, there], on=make.TODAY, at=make.NOW + timedelta(hours=1))
    edition = actions.members_of(report)
    of_report = {
        table.caption: [[str(cell) for cell in row] for row in table.rows]
        for section in edition.sections if section.id.endswith(here.code) for table in section.tables
    }  # fmt: skip
    of_page = {caption: list(rows[1:]) for caption, rows in tables(sign_in(member)).items()}
    assert of_page == of_report
