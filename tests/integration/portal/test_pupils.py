"""A school sees its own pupils: vulnerable or not, whom to call, whether expected; nothing else, no other school."""

import re

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.learning.models import EhcPlan
from keepsight.apps.places.models import SettingMember
from tests import factories as make

pytestmark = pytest.mark.django_db
NEVER = ("Red", "Amber", "Green", "red", "points", "Child in need", "protection", "cin", "1 Pretend Row", "ZZ1 1AA")


@pytest.fixture
def school(team):
    return make.setting(team.authority, name="Pretend Primary")


@pytest.fixture
def head(team, school):
    who = make.user(Role.SCHOOL, of=team.authority)
    SettingMember.objects.create(user=who, setting=school, starts_on=make.days(-30))
    return who


def pupil(school, team, forename, *, service=None, assessed=None, by=None, **child):
    """A pupil on roll, with a case of this service and a plan so assessed."""
    known = make.child(team.authority, forename=forename, **child)
    if service:
        make.plan(known, by or make.worker(team), service=service)
    if assessed is not None:
        EhcPlan.objects.create(child=known, send_id=f"S{known.pk}", risk_assessment=assessed, plan_on=make.days(-90))
    make.address(known)
    make.enrolment(school, known, forename=forename, surname="Rollname")
    return known


def cells(client, path="/portal/pupils/"):
    """What the page says of each pupil, by forename."""
    page = client.get(path).content.decode()
    found = {}
    for row in re.findall(r"<tr class=\"govuk-table__row\"><th scope=\"row\".*?</tr>", page, re.DOTALL):
        parts = [re.sub(r"<[^>]+>", "", part).strip() for part in re.split(r"</t[hd]>", row)][:5]
        found[parts[0].split()[0]] = parts
    return found


# forename, service of the open case, risk assessment of the plan → vulnerable, expected
TABLE = [
    ("Cin", "cin", None, "Yes", "Yes"),
    ("Cp", "cp", None, "Yes", "Yes"),
    ("Cla", "cla", "safer_at_setting", "Yes", "Yes"),
    ("Athome", "cin", "safer_at_home", "Yes", "Ask the lead contact"),
    ("Planthere", None, "as_safe_at_setting", "Yes", "Yes"),
    ("Planhome", None, "safer_at_home", "Yes", "No: safer at home"),
    ("Plannew", None, "not_done", "Yes", "Ask the lead contact"),
    ("Planblank", None, "", "Yes", "Ask the lead contact"),
    ("Early", "early_help", None, "No", "As other pupils"),
    ("Leaver", "care_leaver", None, "No", "As other pupils"),
    ("Nothing", None, None, "No", "As other pupils"),
]


def test_who_is_vulnerable_and_who_is_expected(sign_in, head, school, team):
    for forename, service, assessed, _, _ in TABLE:
        pupil(school, team, forename, service=service, assessed=assessed)
    shown = cells(sign_in(head))
    assert {name: (parts[2], parts[3]) for name, parts in shown.items()} == {
        forename: (vulnerable, expected) for forename, _, _, vulnerable, expected in TABLE
    }


def test_the_page_says_whom_to_call_and_never_why(sign_in, head, school, team):
    team.duty_phone = "01632 960123"
    team.save()
    by = make.worker(team, name="Robin Leadworker")
    pupil(school, team, "Known", service="cp", by=by)
    pupil(school, team, "Early", service="early_help", by=by)
    client = sign_in(head)
    shown = cells(client)
    assert shown["Known"][4] == f"Robin Leadworker, {team.name}, 01632 960123"
    assert shown["Early"][4] == "", "early help rests on consent: the school is not told"
    page = client.get("/portal/pupils/").content.decode()
    said = page[page.index("<main") : page.index("</main>")]
    assert not [word for word in NEVER if re.search(rf"\b{word}\b", said)]


def test_a_restricted_record_is_an_ordinary_pupil_with_the_duty_team(sign_in, head, school, team):
    team.authority.settings["duty_phone"] = "01632 960999"
    team.authority.save()
    by = make.worker(team, name="Robin Secretworker")
    pupil(school, team, "Hushed", service="cin", by=by, record_class="restricted")
    pupil(school, team, "Quiet", record_class="restricted")
    client = sign_in(head)
    shown = cells(client)
    assert shown["Hushed"][0] == "Hushed Rollname"
    assert shown["Hushed"][2:] == ["Yes", "Ask the lead contact", f"Duty team, {team.authority.name}, 01632 960999"]
    assert shown["Quiet"][2:] == ["No", "As other pupils", ""]
    page = client.get("/portal/pupils/").content.decode()
    assert "Secretworker" not in page
    assert "estricted" not in page


def test_a_confidential_address_leaves_a_pupil_a_pupil(sign_in, head, school, team):
    hidden = pupil(school, team, "Safe", service="cin")
    make.alert(hidden, "address_confidential", note="In the refuge")
    client = sign_in(head)
    assert cells(client)["Safe"][2] == "Yes"
    page = client.get("/portal/pupils/").content.decode()
    assert "onfidential" not in page
    assert "refuge" not in page


def test_pupils_without_a_child_and_those_who_left(sign_in, head, school, team):
    make.enrolment(school, forename="Plain", surname="Pupil")
    make.enrolment(school, forename="Gone", surname="Pupil", left_on=make.TODAY)
    make.enrolment(school, forename="Coming", surname="Pupil", entered_on=make.days(1))
    assert set(cells(sign_in(head))) == {"Plain"}


def test_only_the_own_school(sign_in, head, school, team):
    other = make.setting(team.authority, name="Elsewhere School")
    pupil(other, team, "Elsewhere", service="cin")
    client = sign_in(head)
    assert cells(client) == {}
    there, nowhere = client.get(f"/portal/pupils/{other.pk}/"), client.get("/portal/pupils/999999/")
    assert there.status_code == nowhere.status_code == 404
    clean = [re.sub(r"nonce=\"[^\"]*\"|value=\"[^\"]{40,}\"", "", each.content.decode()) for each in (there, nowhere)]
    assert clean[0] == clean[1]


@pytest.mark.parametrize(
    "dates", [{"starts_on": -30, "ends_on": 0}, {"starts_on": 1}, {"starts_on": -9, "ends_on": -1}]
)
def test_who_no_longer_or_not_yet_works_there_sees_nothing(sign_in, school, team, dates):
    who = make.user(Role.SCHOOL, of=team.authority)
    SettingMember.objects.create(user=who, setting=school, **{name: make.days(day) for name, day in dates.items()})
    pupil(school, team, "Known", service="cin")
    client = sign_in(who)
    assert "You are not named at any school" in client.get("/portal/pupils/").content.decode()
    assert client.get(f"/portal/pupils/{school.pk}/").status_code == 404


def test_the_role_of_another_authority_opens_no_school_here(sign_in, school, team):
    who = make.user(Role.SCHOOL, of=make.authority())
    SettingMember.objects.create(user=who, setting=school, starts_on=make.days(-30))
    client = sign_in(who)
    assert client.get(f"/portal/pupils/{school.pk}/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCHOOL])
def test_no_other_role_opens_it_wherever_it_works(sign_in, school, team, role):
    who = make.user(role, of=team.authority)
    SettingMember.objects.create(user=who, setting=school, starts_on=make.days(-30))
    client = sign_in(who)
    assert client.get("/portal/pupils/").status_code == 403
    assert client.get(f"/portal/pupils/{school.pk}/").status_code == 403


def test_a_school_user_opens_no_other_page_about_children(sign_in, head, school, team):
    known = pupil(school, team, "Known", service="cin")
    client = sign_in(head)
    pages = [
        "/work/", "/teams/", "/picture/", "/reports/", "/loads/", "/find/", "/lists/open/", "/lists/open/csv/",
        "/lists/vulnerable-learners/", f"/children/{known.ref}/", "/portal/placements/", "/portal/figures/",
        "/portal/extract/",
    ]  # fmt: skip
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 403)


def test_several_schools_are_offered_by_name(sign_in, head, school, team):
    second = make.setting(team.authority, name="Second School")
    SettingMember.objects.create(user=head, setting=second, starts_on=make.days(-30))
    pupil(second, team, "Second", service="cin")
    client = sign_in(head)
    page = client.get("/portal/pupils/").content.decode()
    assert "Pretend Primary" in page
    assert "Second School" in page
    assert set(cells(client, f"/portal/pupils/{second.pk}/")) == {"Second"}


def test_opening_it_is_an_event_with_ids_and_no_names(sign_in, head, school, team):
    known = pupil(school, team, "Known", service="cin")
    make.enrolment(school, forename="Plain", surname="Pupil")
    cells(sign_in(head))
    event = Event.objects.get(kind="portal_opened")
    assert (event.subject_type, event.subject_id, event.source) == ("setting", str(school.pk), "portal:pupils")
    assert event.detail == {"rows": 2, "shown": [known.pk]}


def test_queries_stay_the_same_however_many_pupils(sign_in, head, school, team, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(head)
    pupil(school, team, "First", service="cin", assessed="not_done")
    client.get("/portal/pupils/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/portal/pupils/")
    for nth in range(30):
        pupil(school, team, f"More{nth}", service="cin", assessed="not_done")
    with django_assert_num_queries(len(few)):
        client.get("/portal/pupils/")


def test_an_own_record_says_nothing(sign_in, head, school, team):
    from keepsight.apps.people.models import RecordAccess

    own = pupil(school, team, "Mine", service="cin")
    RecordAccess.objects.create(
        user=head, child=own, kind="own_record", state="granted", reason="My child", asked_by="x", asked_at=make.NOW,
        starts_at=make.NOW,
    )  # fmt: skip
    assert cells(sign_in(head))["Mine"][2:] == ["Not shown to you", "Not shown to you", ""]
