import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.briefing import actions
from keepsight.apps.contact.models import ContactPlan
from tests import factories as make

PICTURE = "/picture/"


def links(page: str) -> list[tuple[str, int]]:
    """Every link to a list, with the count that it carries."""
    tiles = re.findall(r'ks-tile__count">([\d,]+)</span><a class="govuk-link" href="(/lists/[^"]+)"', page)
    cells = re.findall(r'<a class="govuk-link" href="(/lists/[^"]+)">([\d,]+)</a>', page)
    found = [(href, count) for count, href in tiles] + cells
    return [(href.replace("&amp;", "&"), int(count.replace(",", ""))) for href, count in found]


def counted(href: str, on) -> int:
    """Children in a list, by the query of the list itself."""
    parts = urlsplit(href)
    plans = ContactPlan.objects.queue(parts.path.split("/")[2], on)
    columns = {"authority": "authority_id", "team": "team_id", "district": "child__district_id", "service": "service"}
    return plans.filter(**{columns[name]: value[0] for name, value in parse_qs(parts.query).items()}).count()


@pytest.mark.parametrize("which", ["", "?authority="])
def test_every_count_is_the_length_of_the_list_that_it_opens(sign_in, leader, fellshire, which):
    page = sign_in(leader).get(PICTURE + which + (str(fellshire.pk) if which else "")).content.decode()
    found = links(page)
    assert len(found) > 20
    for href, count in found:
        assert counted(href, make.TODAY) == count, href


def test_a_list_that_is_opened_shows_the_count(sign_in, leader):
    client = sign_in(leader)
    for href, count in links(client.get(PICTURE).content.decode())[:6]:
        listed = client.get(href)
        assert listed.status_code == 200
        assert re.search(rf"\b{count}\b", listed.content.decode()), href


def test_both_councils_together_are_the_sum_of_each(sign_in, leader, fellshire, fenborough):
    client = sign_in(leader)
    pages = [
        client.get(f"{PICTURE}{query}").context
        for query in ("", f"?authority={fellshire.pk}", f"?authority={fenborough.pk}")
    ]
    together, *each = [[int(tile["count"]) for tile in page["tiles"]] for page in pages]
    assert together == [sum(counts) for counts in zip(*each, strict=True)]
    assert [page["open_cases"] for page in pages] == [29, 20, 9]


def test_a_team_manager_sees_the_team_and_nothing_else(sign_in, fellshire):
    team = fellshire.teams.first()
    page = sign_in(make.user(Role.TEAM_MANAGER, team=team)).get(PICTURE)
    assert page.context["open_cases"] == ContactPlan.objects.filter(team=team).count() == 10


def test_an_analyst_sees_figures_without_lists(sign_in, fellshire):
    page = sign_in(make.user(Role.ANALYST, of=fellshire)).get(PICTURE)
    assert page.status_code == 200
    assert links(page.content.decode()) == []


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.DATA_LOADER])
def test_who_may_not_see_the_picture_is_refused(sign_in, fellshire, role):
    assert sign_in(make.user(role, of=fellshire)).get(PICTURE).status_code == 403


def test_another_councils_figures_stay_there(sign_in, fellshire, fenborough):
    page = sign_in(make.user(Role.LEADER, of=fellshire)).get(f"{PICTURE}?authority={fenborough.pk}")
    assert page.context["open_cases"] == 20
    assert b"Fenborough" not in page.content


def test_no_child_is_named(sign_in, leader):
    assert b"Madeupname" not in sign_in(leader).get(PICTURE).content


def test_what_changed_since_the_last_snapshot(sign_in, leader, fellshire, fenborough):
    client = sign_in(leader)
    before = make.NOW - timedelta(days=1)
    for authority in (fellshire, fenborough):
        actions.take_snapshot(authority, on=make.days(-1), at=before)
    ContactPlan.objects.filter(level="unrated").update(level="amber")
    rows = {row["text"]: row for row in client.get(PICTURE).context["changes"]}
    assert rows["Open cases"]["change"] == "no change"
    assert rows["Unrated"] == {"text": "Unrated", "before": "7", "now": "0", "change": "−7"}


def test_no_change_is_claimed_when_one_council_has_no_earlier_snapshot(sign_in, leader, fellshire):
    actions.take_snapshot(fellshire, on=make.days(-1), at=make.NOW - timedelta(days=1))
    assert sign_in(leader).get(PICTURE).context["changes"] == []


def test_at_most_fifteen_queries_whatever_the_caseload(sign_in, leader, django_assert_max_num_queries):
    client = sign_in(leader)
    client.get(PICTURE)
    with django_assert_max_num_queries(15):
        client.get(PICTURE)


def test_a_chart_stands_in_the_page_without_style_and_with_its_table(sign_in, leader):
    page = sign_in(leader).get(PICTURE).content.decode()
    assert page.count("<svg") == 8  # two maps, six charts
    assert " style=" not in page
    for panel in ("nobody", "seen", "levels", "overdue", "attendance", "contacts"):
        part = page.split(f'ks-panel--{panel}"')[1].split("</section>")[0]
        assert 'role="img" aria-label="' in part
        assert "<table" in part
    assert len(ids := re.findall(r' id="([^"]+)"', page)) == len(set(ids))


def test_an_empty_register_is_told_plainly(sign_in, db):
    here = make.authority()
    page = sign_in(make.user(Role.LEADER, of=here)).get(PICTURE)
    assert page.status_code == 200
    assert b"No register marks of these weeks have been loaded." in page.content


def test_the_name_of_the_page_is_known(db):
    assert reverse("briefing:picture") == PICTURE
