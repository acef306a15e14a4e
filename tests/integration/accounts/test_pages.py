"""The pages about people: who reaches which, what they show, and what is refused and kept."""

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from keepsight.apps.accounts.models import Cover, Membership, Role, Service, Team, User, Worker
from keepsight.apps.audit.models import EventKind
from tests import factories
from tests.integration.accounts.conftest import day, events, hold

pytestmark = pytest.mark.django_db
ON, AT = factories.TODAY, factories.NOW
NEW = {
    "name": "Nell Newcomer",
    "email": "nell@fell.example",
    "role": "practitioner",
    "reach": "team",
    "reason": "joined",
}


@pytest.fixture
def admin(world, sign_in):
    return sign_in(world.admin)


def joined(world, admin, **given):
    answers = {**NEW, "team": world.fell_team.pk, **day("starts_on", ON), **given}
    return admin.post("/people/new/", {name: value for name, value in answers.items() if value is not None})


def test_a_joiner_gets_an_account_a_role_and_a_link_that_works_once(world, admin):
    done = joined(world, admin)
    assert done.status_code == 302, done.content.decode()
    nell = User.objects.get(email="nell@fell.example")
    assert not nell.has_usable_password()
    assert [event.subject_id for event in events(EventKind.PERSON_MADE)] == [str(nell.pk)]
    # the link is shown once
    shown = admin.post(f"/people/{nell.pk}/link/", follow=True)
    link = re.search(r"http://testserver(/account/password/reset/key/[^<\s]+)", shown.content.decode())[1]
    assert link not in admin.get(f"/people/{nell.pk}/link/shown/").content.decode()
    # it sets one password, and does not work a second time
    theirs = Client()
    page = theirs.get(link, follow=True)
    assert page.status_code == 200
    sent = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    done = theirs.post(page.redirect_chain[-1][0], sent)
    assert done.status_code == 302, done.content.decode()
    nell.refresh_from_db()
    assert nell.check_password(factories.PASSWORD)
    again = Client().get(link, follow=True)
    assert "password1" not in again.content.decode()


def test_an_address_that_has_an_account_only_gets_the_role(world, admin):
    there = factories.user(Role.PRACTITIONER, team=world.vale_team, email="nell@fell.example", name="Nell Elsewhere")
    joined(world, admin)
    there.refresh_from_db()
    assert there.name == "Nell Elsewhere"
    assert set(there.memberships.values_list("authority__code", flat=True)) == {"fell", "vale"}
    assert not events(EventKind.PERSON_MADE)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reason": ""}, "Say why"),
        ({"email": "nobody"}, "email"),
        ({"team": ""}, "Choose which one"),
        ({"reach": "authority", "role": "practitioner", "starts_on_day": 1}, "must be today or later"),
        ({"role": "administrator"}, "cannot be given so"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(world, admin, given, says):
    done = joined(world, admin, **({"authority": world.fell.pk} | given))
    assert done.status_code == 422
    assert says in done.content.decode()
    assert "govuk-error-summary" in done.content.decode()
    assert not User.objects.filter(email="nell@fell.example").exists()


# a form that the page cannot have sent: another council's places, fields it did not ask for
TAMPERED = [
    {"team": "vale"},
    {"reach": "partnership", "partnership": "both"},
    {"role": "superuser"},
    {"is_active": "on"},
    {"is_superuser": "1"},
    {"given_by": "The Director"},
    {"id": "1"},
]


@pytest.mark.parametrize("tampered", TAMPERED, ids=lambda each: "-".join(each))
def test_a_tampered_form_is_refused_and_kept(world, admin, tampered):
    ids = {"vale": world.vale_team.pk, "both": world.both.pk}
    done = joined(world, admin, **{name: ids.get(value, value) for name, value in tampered.items()})
    assert done.status_code == 403
    assert not User.objects.filter(email="nell@fell.example").exists()
    (event,) = events(EventKind.DENIED)
    assert (event.actor_name, event.reason) == ("Admin Fell", event.reason)
    assert event.reason in ("not_offered", "field_not_asked")


def test_a_person_of_another_council_is_as_one_who_does_not_exist(world, admin):
    there = factories.user(Role.PRACTITIONER, team=world.vale_team)
    held = there.memberships.get()
    worker = factories.worker(world.vale_team, user=there)
    nobody = 99_999
    for there_page, unknown in (
        (f"/people/{there.pk}/", f"/people/{nobody}/"),
        (f"/people/{there.pk}/change/", f"/people/{nobody}/change/"),
        (f"/people/{there.pk}/end/", f"/people/{nobody}/end/"),
        (f"/people/{there.pk}/roles/", f"/people/{nobody}/roles/"),
        (f"/people/{there.pk}/worker/", f"/people/{nobody}/worker/"),
        (f"/people/held/{held.pk}/end/", f"/people/held/{nobody}/end/"),
        (f"/people/teams/{world.vale_team.pk}/", f"/people/teams/{nobody}/"),
    ):
        first, second = admin.get(there_page), admin.get(unknown)
        assert first.status_code == second.status_code == 403
        main = [re.search(r"<main.*?</main>", each.content.decode(), re.S)[0] for each in (first, second)]
        assert main[0] == main[1]
    for address in (f"/people/{there.pk}/link/", f"/people/workers/{worker.pk}/unlink/"):
        assert admin.post(address).status_code == 403
    assert len(events(EventKind.DENIED)) == 16


PAGES = [
    "/people/", "/people/reports/", "/people/new/", "/people/roles/", "/people/teams/", "/people/services/new/",
    "/people/csv/",
]  # fmt: skip
MAY = {
    "administrator": {"/people/", "/people/reports/", "/people/new/", "/people/roles/", "/people/teams/",
                      "/people/services/new/"},
    "information_governance": {"/people/", "/people/reports/", "/people/roles/", "/people/teams/", "/people/csv/"},
}  # fmt: skip


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_who_reaches_which_page(world, sign_in, role):
    browser = sign_in(factories.user(role, of=world.fell))
    reached = {page for page in PAGES if browser.get(page).status_code == 200}
    assert reached == MAY.get(role, set())


def test_every_page_of_a_person_answers(world, admin):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team)
    held = somebody.memberships.get()
    for address in (
        f"/people/{somebody.pk}/", f"/people/{somebody.pk}/change/", f"/people/{somebody.pk}/end/",
        f"/people/{somebody.pk}/open-again/", f"/people/{somebody.pk}/roles/", f"/people/{somebody.pk}/worker/",
        f"/people/held/{held.pk}/end/", "/people/roles/practitioner/", f"/people/teams/{world.fell_team.pk}/",
    ):  # fmt: skip
        assert admin.get(address).status_code == 200, address


def test_the_list_shows_who_holds_roles_in_both_councils_both_and_only_both(world, sign_in):
    shared = factories.user(Role.PRACTITIONER, team=world.fell_team, name="Shared Sampleton")
    hold(shared, Role.PRACTITIONER, world.vale, team=world.vale_team)
    third = factories.user(Role.PRACTITIONER, of=factories.authority(), name="Third Elsewhere")
    page = sign_in(world.admin_of_both).get("/people/").content.decode()
    assert "Practitioner, Harbour, Fell" in page
    assert "Practitioner, Brook, Vale" in page
    assert third.name not in page
    # an administrator of one of the two reads of that one, and is told that there is more
    page = sign_in(world.admin).get(f"/people/{shared.pk}/").content.decode()
    assert "Harbour" in page
    assert "Brook" not in page
    assert "council that you do not administer" in page
    assert "End the account" not in page


def test_children_of_both_councils_and_only_those(world, sign_in):
    shared = factories.user(Role.PRACTITIONER, team=world.fell_team)
    hold(shared, Role.PRACTITIONER, world.vale, team=world.vale_team)
    here, there = (factories.worker(team) for team in (world.fell_team, world.vale_team))
    for worker, name in ((here, "Fellchild"), (there, "Valechild"), (factories.worker(), "Thirdchild")):
        factories.plan(factories.child(worker.authority, forename=name), worker)
    page = sign_in(shared).get("/lists/open/").content.decode()
    assert "Fellchild" in page
    assert "Valechild" in page
    assert "Thirdchild" not in page


def test_search_is_by_post_and_kept_without_its_words(world, admin):
    factories.user(Role.PRACTITIONER, team=world.fell_team, name="Quillon Unusual")
    factories.user(Role.PRACTITIONER, team=world.vale_team, name="Quillon Elsewhere")
    page = admin.post("/people/", {"words": "quill"}).content.decode()
    assert "Quillon Unusual" in page
    assert "Elsewhere" not in page
    (event,) = events(EventKind.SEARCHED)
    assert "quill" not in str(event.detail).lower()
    assert admin.post("/people/", {"words": ""}).status_code == 422


def test_filters_by_role_team_and_state(world, admin):
    here = factories.user(Role.PRACTITIONER, team=world.fell_team, name="In Harbour")
    factories.user(Role.LEADER, of=world.fell, name="A Leader")
    User.objects.filter(pk=here.pk).update(is_active=False)
    for query, shown, hidden in (
        ("role=leader", "A Leader", "In Harbour"),
        (f"team={world.fell_team.pk}", "In Harbour", "A Leader"),
        ("state=ended", "In Harbour", "A Leader"),
        ("state=never", "A Leader", "In Harbour"),
    ):
        page = admin.get(f"/people/?{query}").content.decode()
        assert shown in page, query
        assert hidden not in page, query


def test_the_list_asks_a_fixed_number_of_queries(world, admin, django_assert_max_num_queries):
    counts = []
    for more in (2, 30):
        for _ in range(more):
            factories.user(Role.PRACTITIONER, team=world.fell_team)
        with django_assert_max_num_queries(20) as asked:
            admin.get("/people/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_each_count_of_the_reports_is_its_list(world, sign_in):
    long_ago = AT - timedelta(days=200)
    never = factories.user(Role.PRACTITIONER, team=world.fell_team, name="Never Came", created_at=long_ago)
    factories.user(Role.PRACTITIONER, team=world.fell_team, name="Just Made", created_at=AT)
    factories.user(
        Role.PRACTITIONER, team=world.fell_team, name="Long Away", last_login=long_ago, last_used_on=ON - timedelta(120)
    )
    both = factories.user(Role.ADMINISTRATOR, of=world.fell, name="Two Hats", last_login=AT, last_used_on=ON)
    hold(both, Role.LEADER, world.fell)
    ending = factories.user(name="Soon Gone", last_login=AT, last_used_on=ON)
    hold(ending, Role.ANALYST, world.fell, ends_on=ON + timedelta(30))
    hold(factories.user(name="Later Gone", last_login=AT), Role.ANALYST, world.fell, ends_on=ON + timedelta(31))
    factories.user(Role.LEADER, of=world.vale, name="Never Vale", created_at=long_ago)
    out = factories.user(Role.ANALYST, of=world.fell, name="Run Out", expires_on=ON, last_login=AT)
    twins = [factories.user(Role.ANALYST, of=world.fell, name=name, last_login=AT) for name in ("Same", "same")]
    hold(factories.user(name="New Power", last_login=AT), Role.INFORMATION_GOVERNANCE, world.fell, starts_on=ON)
    hold(factories.user(name="Was Here", last_login=AT), Role.ANALYST, world.fell, ends_on=ON - timedelta(5))
    browser = sign_in(world.admin)
    page = browser.get("/people/reports/").content.decode()
    counts = {
        name: int(count)
        for name, count in re.findall(r'report=([\w-]+)".*?numeric" data-label="People">(\d+)<', page, re.S)
    }
    expected = {
        "never": {never.name},
        "unused": {"Long Away"},
        "both": {both.name},
        "ending": {ending.name},
        "expired": {out.name},
        "same-name": {user.name for user in twins},
        "powerful": {"New Power"},
        "no-role": {"Was Here"},
        "no-second-factor": {"Never Came", "Just Made", "Long Away", "Two Hats", "New Power"},
    }
    for report, names in expected.items():
        shown = browser.get(f"/people/?report={report}").content.decode()
        listed = set(re.findall(r'href="/people/\d+/">([^<]+)</a>', shown))
        if report in ("never", "no-second-factor"):  # the administrators of this world
            listed -= {"Admin Fell", "Admin Both"}
        assert names == listed, report
        total = len(re.findall(r'href="/people/\d+/">', shown))
        assert counts[report] == total, report


def test_csv_is_for_those_who_may_take_away_and_neutralises_formulas(world, sign_in):
    factories.user(Role.PRACTITIONER, team=world.fell_team, name="=HYPERLINK(1)")
    factories.user(Role.PRACTITIONER, team=world.vale_team, name="Not Ours")
    assert sign_in(world.admin).get("/people/csv/").status_code == 403
    taken = sign_in(factories.user(Role.INFORMATION_GOVERNANCE, of=world.fell)).get("/people/csv/")
    text = b"".join(taken.streaming_content).decode()
    assert "HYPERLINK" in text
    assert not re.search(r'(^|,)"?=HYPERLINK', text, re.M)
    assert "Not Ours" not in text
    assert events(EventKind.EXPORTED)


# --- a leaver ------------------------------------------------------------------------------------------
def test_a_leaver_is_nobody_at_the_next_click(world, admin, sign_in):
    leaver = factories.user(Role.PRACTITIONER, team=world.fell_team)
    colleague = factories.user(Role.PRACTITIONER, team=world.fell_team)
    worker = factories.worker(world.fell_team, user=leaver)
    child = factories.plan(by=worker).child
    Cover.objects.create(
        absent=leaver, stand_in=colleague, starts_on=ON, ends_on=ON + timedelta(9), reason="leave", arranged_by="x",
        arranged_at=AT,
    )  # fmt: skip
    theirs = sign_in(leaver, Client())
    assert theirs.get("/work/").status_code == 200
    assert admin.post(f"/people/{leaver.pk}/end/", {"reason": "left the council"}).status_code == 302
    after = theirs.get("/work/")
    assert after.status_code == 302
    assert "/account/login/" in after["Location"]
    assert not Membership.objects.filter(user=leaver, ends_on=None).exists()
    assert Cover.objects.get().ended_at == AT
    kinds = (EventKind.PERSON_ENDED, EventKind.ROLE_ENDED, EventKind.COVER_ENDED)
    assert [len(events(kind)) for kind in kinds] == [1, 1, 1]
    # their children stand in a list of their own for who leads the team
    manager = sign_in(factories.user(Role.TEAM_MANAGER, team=world.fell_team), Client())
    page = manager.get("/lists/worker-left/").content.decode()
    assert child.surname in page
    assert "<strong>1 child</strong>" in page


def test_an_account_opens_again_without_a_role(world, admin):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team)
    admin.post(f"/people/{somebody.pk}/end/", {"reason": "left"})
    admin.post(
        f"/people/{somebody.pk}/open-again/", {"reason": "came back", **day("last_day_of_account", date(2020, 7, 1))}
    )
    somebody.refresh_from_db()
    assert somebody.is_active
    assert somebody.expires_on == date(2020, 7, 2)
    assert not somebody.has_usable_password()
    assert not somebody.memberships.filter(ends_on=None).exists()


def test_a_role_given_or_ended_holds_at_the_very_next_request(world, admin, sign_in):
    somebody = factories.user(Role.ANALYST, of=world.fell)
    theirs = sign_in(somebody, Client())
    assert theirs.get("/work/").status_code == 403
    given = {
        "role": "practitioner",
        "reach": "team",
        "team": world.fell_team.pk,
        "reason": "moved",
        **day("starts_on", ON),
    }
    assert admin.post(f"/people/{somebody.pk}/roles/", given).status_code == 302
    assert theirs.get("/work/").status_code == 200
    held = somebody.memberships.get(role="practitioner")
    admin.post(f"/people/held/{held.pk}/end/", {"reason": "moved", **day("from_day", ON)})
    assert theirs.get("/work/").status_code == 403


def test_a_new_address_ends_the_old_one(world, admin):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team, email="old@fell.example")
    EmailAddress.objects.create(user=somebody, email="old@fell.example", verified=True, primary=True)
    admin.post(f"/people/{somebody.pk}/change/", {"name": "New Name", "email": "new@fell.example", "reason": "married"})
    somebody.refresh_from_db()
    assert (somebody.name, somebody.email) == ("New Name", "new@fell.example")
    assert not EmailAddress.objects.filter(email="old@fell.example").exists()
    (event,) = events(EventKind.PERSON_CHANGED)
    assert event.detail["changed"] == ["email", "name"]
    assert "fell.example" not in str(event.detail) + event.reason


# --- worker rows, teams, services ------------------------------------------------------------------------
def test_a_worker_is_linked_once_and_only_in_ones_own_council(world, admin):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team)
    worker = factories.worker(world.fell_team, name="Quill Inventor")
    elsewhere = factories.worker(world.vale_team, name="Quill Other")
    found = admin.post(f"/people/{somebody.pk}/worker/", {"words": "quill"}).content.decode()
    assert "Quill Inventor" in found
    assert "Quill Other" not in found
    sent = {"words": "quill", "worker": elsewhere.pk}
    assert admin.post(f"/people/{somebody.pk}/worker/", sent).status_code == 403
    assert admin.post(f"/people/{somebody.pk}/worker/", {**sent, "worker": worker.pk}).status_code == 302
    worker.refresh_from_db()
    assert worker.user_id == somebody.pk
    other = factories.user(Role.PRACTITIONER, team=world.fell_team)
    assert admin.post(f"/people/{other.pk}/worker/", {**sent, "worker": worker.pk}).status_code == 422
    own = factories.worker(world.fell_team, name="Quill Own")
    assert admin.post(f"/people/{world.admin.pk}/worker/", {**sent, "worker": own.pk}).status_code == 403
    assert admin.post(f"/people/workers/{worker.pk}/unlink/").status_code == 302
    assert Worker.objects.get(pk=worker.pk).user_id is None


def test_a_team_gets_a_service_and_a_number_to_call(world, admin):
    assert admin.post("/people/services/new/", {"authority": world.fell.pk, "name": "Early help"}).status_code == 302
    again = admin.post("/people/services/new/", {"authority": world.fell.pk, "name": "Early help"})
    assert again.status_code == 422
    service = Service.objects.get()
    sent = {"service": service.pk, "duty_phone": "01632 960001"}
    assert admin.post(f"/people/teams/{world.fell_team.pk}/", sent).status_code == 302
    team = Team.objects.get(pk=world.fell_team.pk)
    assert (team.service, team.duty_phone) == (service, "01632 960001")
    theirs = Service.objects.create(authority=world.vale, name="Theirs")
    assert admin.post(f"/people/teams/{team.pk}/", {**sent, "service": theirs.pk}).status_code == 403
    assert admin.post("/people/services/new/", {"authority": world.vale.pk, "name": "X"}).status_code == 403


def test_no_address_or_title_carries_a_name(world, admin):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team, name="Zephyr Titleless")
    page = admin.get(f"/people/{somebody.pk}/").content.decode()
    assert "Zephyr" not in re.search(r"<title>.*?</title>", page, re.S)[0]
    assert not re.search(r'href="[^"]*Zephyr', page)


def test_addresses_resolve():
    assert reverse("accounts:people") == "/people/"
    assert timezone.localdate() == ON
