"""A confidential place stands on no page: not for a colleague, not in a figure, not beside a brother or sister."""

import re

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.briefing.frames import plans_now, snapshot_frames
from keepsight.apps.people.content import confidential_children
from keepsight.apps.people.models import Child, RecordAccess, SafeContact
from keepsight.apps.people.permissions import place_is_confidential
from keepsight.core.packs import book
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKS = "/ / / / I I / / N N . . . ."
PLACES = ("4 Refuge Lane", "ZZ4 4ZZ", "zz44zz", "Telltale", "Faraway Vale", "9 Hidden Mews", "07700 900123")
SECRETS = (*PLACES, "heron", "never ring on a Sunday")


@pytest.fixture
def safe(team):
    """A child with safe-contact details only, a brother marked by nobody, and words that would tell where."""
    worker = make.worker(team, name="Ada Keptsafe")
    vale = make.district(team.authority, name="Faraway Vale")
    school = make.setting(team.authority, name="Telltale School", district=None)
    children = [
        make.child(team.authority, forename=name, surname="Somewhere", district=vale) for name in ("Safe", "Brother")
    ]
    make.family(*children)
    for each in children:
        make.plan(
            each, worker, level="unrated", due_on=make.days(-2), unseen_from=make.days(-1),
            level_review_on=make.days(-1),
        )  # fmt: skip
        make.address(each, lines="4 Refuge Lane", postcode="ZZ4 4ZZ")
        make.enrolment(school, each, weeks={make.days(-2): MARKS})
        make.visit(each, note="Seen at Refuge Lane, near Telltale (zz44zz), before 9 Hidden Mews.")
        make.rating(each, reasons=[["L2", 10, "Child in need."], ["F19", 5, "Poverty: a deprived area."]])
        make.alert(each, "dog", note="Dog at 4 Refuge Lane")
        each.waiting = make.confirmation(
            each, level="green", approval="waiting", reason="Settled well at Telltale School, truly."
        )
        each.virtual = make.visit(
            each, mode="video", visit_on=make.days(-1), recorded_at=make.NOW, virtual_reason="Moved to 4 Refuge Lane."
        )
        each.sightings.create(
            seen_on=make.days(-1), line="school", who="Ms Told, Telltale School", note="At Telltale School.",
            recorded_at=make.NOW,
        )  # fmt: skip
    SafeContact.objects.create(
        child=children[0], address="9 Hidden Mews", phone="07700 900123", code_word="heron",
        how="never ring on a Sunday", set_by="Ada Keptsafe", set_at=make.NOW, review_on=make.days(30),
    )  # fmt: skip
    children[0].brother, children[0].school = children[1], school
    return children[0]


def pages(safe, team):
    lists = ("open", "to-see", "overdue", "nobody", "unrated")
    own = (
        path
        for child in (safe, safe.brother)
        for path in (
            f"/children/{child.ref}/", f"/children/{child.ref}/rating/", f"/children/{child.ref}/visit/",
            f"/children/{child.ref}/seen/", f"/visits/{child.virtual.pk}/reason/",
            f"/ratings/{child.waiting.pk}/approval/",
        )
    )  # fmt: skip
    return [
        *own, *(f"/lists/{queue}/" for queue in lists), "/lists/open/?district=-1", "/teams/", f"/teams/{team.pk}/",
        "/approvals/", "/work/", "/picture/", "/lists/vulnerable-learners/",
        "/lists/vulnerable-learners/?school=hidden", f"/lists/vulnerable-learners/?school={safe.school.pk}",
    ]  # fmt: skip


def opened(child, user, kind="reason", **given):
    """The record opened to a person now."""
    return RecordAccess.objects.create(
        user=user, child=child, kind=kind, state="granted", because="safeguarding", reason="A call came in today.",
        asked_by=user.name, asked_at=make.NOW, starts_at=make.NOW, ends_at=make.NOW.replace(hour=20),
        last_day=make.TODAY, **given,
    )  # fmt: skip


def body_of(client, path):
    return client.get(path, follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.LEADER, Role.PRACTITIONER, Role.QUALITY_ASSURANCE, Role.FRONT_DOOR, Role.HEALTH])
def test_no_page_tells_it_to_somebody_who_does_not_work_with_the_child(sign_in, team, safe, role):
    user = make.user(role, of=team.authority)
    if role != Role.LEADER:
        opened(safe, user)
        opened(safe.brother, user)
    client = sign_in(user)
    told = [
        (path, word)
        for path in pages(safe, team)
        for body in [body_of(client, path).lower()]
        for word in SECRETS
        if word.lower() in body
        and not (
            word == "Telltale" and path.endswith(f"?school={safe.school.pk}")
        )  # its own heading, with nobody under it
    ]
    works_with = role in (Role.PRACTITIONER,)  # named on it: the role holds the permission for opened records
    if works_with:
        told = [(path, word) for path, word in told if not path.startswith(("/children/", "/visits/", "/ratings/"))]
    assert told == []
    assert "Refuge" not in body_of(client, f"/children/{safe.ref}/") or works_with
    if role == Role.LEADER:
        assert "Safe Somewhere" in body_of(client, f"/children/{safe.ref}/"), "the record itself is theirs to read"
        assert client.get(f"/children/{safe.ref}/safe-contact/").status_code == 403


@pytest.mark.parametrize("who", ["worker", "manager"])
def test_those_who_work_with_the_child_open_it_by_a_page_of_its_own(sign_in, manager, team, safe, who):
    user = manager if who == "manager" else make.user(Role.PRACTITIONER, team=team)
    client = sign_in(user)
    for path in ("/lists/open/", f"/teams/{team.pk}/", "/lists/vulnerable-learners/?school=hidden"):
        assert "Refuge" not in body_of(client, path), path
    assert "Confidential address" in body_of(client, "/lists/open/"), "though no marker of the case system says so"
    for child in (safe, safe.brother):
        assert "Address is confidential" in body_of(client, f"/children/{child.ref}/")
    body = body_of(client, f"/children/{safe.ref}/")
    for word in ("07700 900123", "heron", "ZZ4 4ZZ", ">Telltale School"):  # but for what somebody wrote into a note
        assert word not in body, word
    body = body_of(client, f"/children/{safe.ref}/safe-contact/")
    for word in (
        "9 Hidden Mews",
        "07700 900123",
        "heron",
        "never ring on a Sunday",
        "4 Refuge Lane",
        "Telltale School",
    ):
        assert word in body, word
    seen = Event.objects.get(kind="safe_contact_viewed")
    assert (seen.subject_id, seen.actor_id, seen.source) == (str(safe.pk), str(user.pk), "desk:safe_contact")
    assert "heron" not in str(Event.objects.values_list())


def test_a_duty_worker_reads_it_while_the_record_is_open_to_them(sign_in, team, safe):
    duty = make.user(Role.DUTY_WORKER, of=team.authority)
    client = sign_in(duty)
    assert client.get(f"/children/{safe.ref}/safe-contact/").status_code == 403
    access = opened(safe, duty, kind="break_glass")
    assert "heron" in body_of(client, f"/children/{safe.ref}/safe-contact/")
    assert client.get(f"/children/{safe.ref}/safe-contact/change/").status_code == 403
    RecordAccess.objects.filter(pk=access.pk).update(ends_at=make.NOW)
    assert client.get(f"/children/{safe.ref}/safe-contact/").status_code == 403


def test_a_screener_who_opened_the_record_does_not_read_it(sign_in, team, safe):
    screener = make.user(Role.FRONT_DOOR, of=team.authority)
    opened(safe, screener)
    assert sign_in(screener).get(f"/children/{safe.ref}/safe-contact/").status_code == 403


def test_only_the_manager_of_the_case_writes_it_down(sign_in, manager, team, safe):
    asked = {"address": "7 Newer Lane", "code_word": "otter", "review_on_day": "1", "review_on_month": "9",
             "review_on_year": "2020"}  # fmt: skip
    path = f"/children/{safe.ref}/safe-contact/change/"
    for other in (
        make.user(Role.PRACTITIONER, team=team), make.user(Role.LEADER, of=team.authority),
        make.user(Role.TEAM_MANAGER, team=make.team(team.authority)),
    ):  # fmt: skip
        assert sign_in(other).post(path, asked).status_code == 403
    assert SafeContact.objects.get().code_word == "heron"
    client = sign_in(manager)
    assert client.post(path, asked).headers["location"] == f"/children/{safe.ref}/safe-contact/"
    held = SafeContact.objects.get()
    assert (held.address, held.code_word, held.phone) == ("7 Newer Lane", "otter", "")
    changed = Event.objects.get(kind="safe_contact_changed")
    assert changed.detail["changed"] == ["address", "phone", "code_word", "how"]
    assert "Newer" not in str(changed.detail)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"review_on_day": "1", "review_on_month": "9", "review_on_year": "2020"}, "Write an address"),
        ({"phone": "1", "review_on_day": "1", "review_on_month": "5", "review_on_year": "2020"}, "after today"),
        ({"phone": "1"}, "Enter the day on which"),
    ],
)
def test_what_is_missing_is_said(sign_in, manager, safe, asked, sentence):
    page = sign_in(manager).post(f"/children/{safe.ref}/safe-contact/change/", asked)
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_when_it_is_not_needed_any_more_it_is_destroyed(sign_in, manager, safe):
    client = sign_in(manager)
    assert client.get(f"/children/{safe.ref}/safe-contact/end/").status_code == 405
    client.post(f"/children/{safe.ref}/safe-contact/end/")
    assert not SafeContact.objects.exists()
    assert "4 Refuge Lane" in body_of(client, f"/children/{safe.ref}/"), "nothing marks the address any more"


def test_a_district_tells_nothing_and_counts_are_their_lists(sign_in, leader, manager, team, safe):
    vale = safe.district
    for number in range(2):
        make.plan(
            make.child(team.authority, forename=f"Open{number}", surname="", district=vale),
            make.worker(team), unseen_from=make.days(-1),
        )  # fmt: skip
    elsewhere = make.district(team.authority, name="Elsewhere Moor")
    make.plan(make.child(team.authority, forename="Moor", surname="", district=elsewhere), make.worker(team))
    for who in (leader, manager):
        client = sign_in(who)
        assert names_on(client.get(f"/lists/open/?district={vale.pk}")) == {"Open0", "Open1"}
        assert names_on(client.get("/lists/open/?district=-1")) == {"Safe Somewhere", "Brother Somewhere"}
        assert len(names_on(client.get("/lists/open/"))) == 5
    body = sign_in(leader).get("/picture/").content.decode()
    counts = re.findall(r'<a class="govuk-link" href="(/lists/nobody/\?[^"]*district=[^"]+)">(\d+)', body)
    assert {int(count) for _, count in counts} == {2}
    assert len(counts) == 2
    for href, count in counts:
        assert len(names_on(client.get(href.replace("&amp;", "&")))) == int(count)


def test_no_snapshot_and_so_no_report_tells_the_district(team, safe):
    moor = make.child(team.authority, district=make.district(team.authority, name="Elsewhere Moor"))
    make.plan(moor, make.worker(team))
    plans = plans_now(team.authority, make.TODAY)
    assert dict(plans.select("child_id", "district").iter_rows()) == {
        safe.pk: "District not shown", safe.brother.pk: "District not shown", moor.pk: "Elsewhere Moor"
    }  # fmt: skip
    tables = snapshot_frames(team.authority, on=make.TODAY, book=book("pandemic_2020"))
    tables.pop("settings")  # every school of the authority, whoever learns there
    assert {
        word for word in SECRETS for table in tables.values() for row in table.iter_rows() if word in str(row)
    } == set()


def names_on(page) -> set[str]:
    return set(re.findall(r'href="/children/[0-9a-f-]+/">([^<]+)</a>', page.content.decode()))


def test_the_two_ways_of_asking_are_one_rule(team):
    """``place_is_confidential`` asks for one child, ``confidential_children`` for long lists."""
    marked, brother, alone, ended, later = (make.child(team.authority) for _ in range(5))
    make.family(marked, brother)
    make.alert(marked, "address_confidential")
    make.alert(ended, "address_confidential", ended_on=make.TODAY)
    make.alert(later, "address_confidential", started_on=make.days(1))
    held, sister = make.child(team.authority), make.child(team.authority)
    make.family(held, sister)
    SafeContact.objects.create(child=held, set_by="A", set_at=make.NOW, review_on=make.days(9))
    for asked in (place_is_confidential(make.TODAY), confidential_children(make.TODAY)):
        assert set(Child.objects.filter(asked)) == {marked, brother, held, sister}
