"""Who looked: the pages of the log tell all of it to who reads it, name no child, and are in the log themselves."""

from datetime import timedelta

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.governance.models import LookReview
from keepsight.apps.governance.queries import looked as queries
from keepsight.apps.people.models import Identifier, RecordAccess
from tests import factories as make

MAY = make.NOW.replace(month=5, day=12)


@pytest.fixture
def council(db):
    return make.authority()


@pytest.fixture
def reader(council, sign_in):
    """Somebody of information governance, signed in."""
    return sign_in(make.user(Role.INFORMATION_GOVERNANCE, of=council))


@pytest.fixture
def child(council):
    made = make.child(council)
    Identifier.objects.create(authority=council, child=made, scheme="la_child_id", value="LA-4711")
    return made


def opened(child, by=None, at=make.NOW, kind=EventKind.CHILD_OPENED, **more):
    audit.record(kind, at=at, by=by, authority_code=child.authority.code, subject=("child", str(child.pk)),
                 source="desk:child", **more)  # fmt: skip


def test_each_way_of_looking_is_told(reader, child, council):
    nosy = make.user(Role.DUTY_WORKER, of=council, name="Quill Sampleton")
    opened(child, nosy, reason="A safeguarding concern")
    audit.record(EventKind.LIST_OPENED, at=make.NOW, by=nosy, source="desk:list overdue", shown=[child.pk, 99])
    audit.record(EventKind.EXPORTED, at=make.NOW, by=nosy, source="desk:list red", shown=[child.pk])
    audit.record(EventKind.DENIED, at=make.NOW, by=nosy, subject=("child_ref", str(child.ref)), source="desk:child")
    opened(child, nosy, kind=EventKind.BREAK_GLASS, reason="Police ask now")
    other = make.child(council)
    opened(other, nosy)
    audit.record(EventKind.LIST_OPENED, at=make.NOW, by=nosy, shown=[other.pk, child.pk * 1000 + 7])
    page = reader.get(f"/access/looked/child/{child.ref}/").content.decode()
    assert page.count("Quill Sampleton") == 5
    for words in ("LA-4711", "A safeguarding concern", "Police ask now", "Opened a record in an emergency",
                  "Was refused", "Exported", "2 children shown", "List: overdue"):  # fmt: skip
        assert words in page
    assert child.surname not in page
    assert child.forename not in page
    shown = reader.get(f"/access/looked/child/{child.ref}/", {"group": "shown"}).content.decode()
    assert shown.count("Quill Sampleton") == 1
    read = Event.objects.filter(kind=EventKind.AUDIT_VIEWED)
    assert set(read.values_list("subject_type", "subject_id")) == {("child", str(child.pk))}


def test_the_whole_log_of_a_child_can_be_paged_through(reader, child):
    for number in range(130):
        if number % 2:
            opened(child, at=make.NOW - timedelta(minutes=number))
        else:
            audit.record(EventKind.LIST_OPENED, at=make.NOW - timedelta(minutes=number), shown=[child.pk])
    since, until = make.NOW - timedelta(days=1), make.NOW + timedelta(days=1)
    seen, before, more = [], None, True
    while more:
        looks, more = queries.looks_at(child, since=since, until=until, before=before)
        seen += [look.pk for look in looks]
        before = looks[-1].pk
    assert seen == sorted(Event.objects.values_list("pk", flat=True), reverse=True)
    assert "Older events" in reader.get(f"/access/looked/child/{child.ref}/").content.decode()


def test_it_is_told_at_a_fixed_number_of_queries(reader, child, django_assert_max_num_queries):
    for _ in range(60):
        opened(child)
    reader.get(f"/access/looked/child/{child.ref}/")
    with django_assert_max_num_queries(16):
        reader.get(f"/access/looked/child/{child.ref}/")


def test_a_child_is_found_by_number_or_by_name_and_birth(reader, child, council):
    page = f"/access/looked/child/{child.ref}/"
    born = {"born_0": "1", "born_1": "5", "born_2": "2012", "born_day": "1", "born_month": "5", "born_year": "2012"}
    assert reader.post("/access/looked/", {"ask": "child", "number": "la-4711"}).url == page
    found = reader.post("/access/looked/", {"ask": "child", "name": f"{child.surname} {child.forename}", **born})
    assert found.url == page
    for alone in ({"name": child.surname}, born, {}):
        assert reader.post("/access/looked/", {"ask": "child", **alone}).status_code == 422
    make.child(council)
    several = reader.post("/access/looked/", {"ask": "child", "name": "Madeupname", **born}).content.decode()
    assert "Several records match" in several
    assert "LA-4711" in several
    assert child.forename not in several
    assert Event.objects.filter(kind=EventKind.AUDIT_VIEWED, detail__has_key="shown").count() == 3
    assert "Madeupname" not in str(list(Event.objects.values_list("detail", "reason", "source")))


def test_children_of_another_authority_are_not_there(reader, sign_in):
    stranger = make.child()
    assert reader.get(f"/access/looked/child/{stranger.ref}/").status_code == 404
    found = reader.post("/access/looked/", {"ask": "child", "name": stranger.forename, "born_0": "1", "born_1": "5",
                                            "born_2": "2012", "born_day": "1", "born_month": "5",
                                            "born_year": "2012"})  # fmt: skip
    assert "No record matches" in found.content.decode()


def test_restricted_records_are_not_named(reader, council, child):
    child.record_class = "restricted"
    child.save()
    nosy = make.user(Role.DUTY_WORKER, of=council)
    opened(child, nosy)
    for page in (f"/access/looked/child/{child.ref}/", f"/access/looked/person/{nosy.pk}/"):
        said = reader.get(page).content.decode()
        assert "A restricted record" in said
        assert "LA-4711" not in said


def test_what_a_person_did_elsewhere_is_left_out(reader, council, child):
    elsewhere = make.child()
    both = make.user(Role.DUTY_WORKER, of=council)
    opened(child, both)
    opened(elsewhere, both, reason="Work of the other council")
    audit.record(EventKind.LIST_OPENED, at=make.NOW, by=both, source="desk:find", shown=[child.pk, elsewhere.pk])
    audit.record(EventKind.LIST_OPENED, at=make.NOW, by=both, source="desk:my_work", shown=[elsewhere.pk])
    audit.record(EventKind.DENIED, at=make.NOW, by=both, subject=("child", str(elsewhere.pk)), source="desk:child")
    page = reader.get(f"/access/looked/person/{both.pk}/").content.decode()
    assert "LA-4711" in page
    assert "1 child shown" in page
    assert "Work of the other council" not in page
    assert "My work" not in page
    assert "Was refused" not in page.split("<tbody")[1]
    stranger = make.user(Role.DUTY_WORKER, of=elsewhere.authority)
    assert reader.get(f"/access/looked/person/{stranger.pk}/").status_code == 404


def test_a_person_is_found_by_name_or_address(reader, council):
    one = make.user(Role.PRACTITIONER, of=council, name="Quill Sampleton", email="quill@example.org")
    page = f"/access/looked/person/{one.pk}/"
    assert reader.post("/access/looked/", {"ask": "person", "person-words": "quill@example.org"}).url == page
    assert reader.post("/access/looked/", {"ask": "person", "person-words": "quill"}).url == page
    assert "Nobody matches" in reader.post("/access/looked/", {"ask": "person", "person-words": "Zzz"}).content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LEADER, Role.TEAM_MANAGER, Role.ANALYST])
def test_nobody_else_reads_the_log(council, child, sign_in, role):
    client = sign_in(make.user(role, of=council))
    for page in ("", f"child/{child.ref}/", "person/1/", "sample/", "log/"):
        assert client.get(f"/access/looked/{page}").status_code == 403
    assert client.post("/access/looked/log/check/").status_code == 403


# --- the sample ----------------------------------------------------------------------------------------
@pytest.fixture
def month_of_looks(council, child):
    """In May: by the child's worker, by their team's manager, and by four people from outside."""
    team = make.team(council)
    user, worker = make.practitioner(team)
    make.involvement(child, worker, kind="cin")
    manager = make.user(Role.TEAM_MANAGER, team=team)
    outside = [make.user(Role.DUTY_WORKER, of=council), make.user(Role.PRACTITIONER, team=make.team(council))]
    outside += [make.user(Role.LEADER, of=council), make.practitioner(make.team(council))[0]]
    for person in (user, manager, *outside):
        opened(child, person, at=MAY)
    opened(child, outside[0])  # in June
    return outside


def test_the_sample_holds_those_from_outside_the_team(month_of_looks, council):
    looks, opened_in_all = queries.sample_of(council, MAY.date().replace(day=1))
    assert sorted(look.actor_id for look in looks) == sorted(str(person.pk) for person in month_of_looks)
    assert opened_in_all == 6
    assert queries.sample_of(council, MAY.date().replace(day=1))[0] == looks


def test_a_role_in_the_team_counts_on_the_day_of_the_look(council, child):
    worked = make.team(council)
    make.involvement(child, make.worker(worked), kind="cin", started_on=make.days(-90), ended_on=make.days(-40))
    make.involvement(child, make.worker(make.team(council)), kind="cp", started_on=make.days(-39))
    manager = make.user(Role.TEAM_MANAGER, team=worked)
    opened(child, manager, at=MAY - timedelta(days=11))  # 1 May: the spell with the team has ended on 24 April
    assert len(queries.sample_of(council, MAY.date().replace(day=1))[0]) == 1
    opened(child, manager, at=MAY - timedelta(days=22))  # 20 April: it had not
    assert queries.sample_of(council, MAY.date().replace(month=4, day=1))[0] == []


def test_the_sample_tells_the_reason_that_was_given(reader, month_of_looks, child):
    RecordAccess.objects.create(
        user=month_of_looks[0], child=child, kind="reason", state="ended", because="safeguarding", reason="Typed.",
        asked_at=MAY, starts_at=MAY - timedelta(hours=1), ends_at=MAY + timedelta(hours=23),
    )  # fmt: skip
    page = reader.get("/access/looked/sample/", {"month": "2020-05"}).content.decode()
    assert page.count("A safeguarding concern") == 1


def test_the_sample_is_drawn_by_lot_and_is_the_same_again(council, child, monkeypatch):
    nosy = make.user(Role.LEADER, of=council)
    for hour in range(20):
        opened(child, nosy, at=MAY + timedelta(hours=hour))
    monkeypatch.setattr(queries, "sample_size", lambda: 5)
    month = MAY.date().replace(day=1)
    drawn = [look.seq for look in queries.sample_of(council, month)[0]]
    assert len(drawn) == 5
    assert drawn == [look.seq for look in queries.sample_of(council, month)[0]]
    assert drawn not in (list(range(1, 6)), list(range(16, 21)))


def test_what_was_found_is_kept_once(reader, month_of_looks, council):
    page = reader.get("/access/looked/sample/", {"month": "2020-05"}).content.decode()
    assert "4 looks drawn" in page
    seq = queries.sample_of(council, MAY.date().replace(day=1))[0][0].seq
    address = f"/access/looked/sample/{seq}/?month=2020-05"
    assert reader.post(address, {"outcome": "concern"}).status_code == 422
    assert reader.post(address, {"outcome": "in_order"}).status_code == 302
    assert LookReview.objects.get().event_seq == seq
    assert "3 still to be looked at" in reader.get("/access/looked/sample/", {"month": "2020-05"}).content.decode()
    assert reader.post(address, {"outcome": "asked"}).status_code == 422
    assert reader.get("/access/looked/sample/999/?month=2020-05").status_code == 404


# --- the state of the log --------------------------------------------------------------------------------
def test_the_log_is_checked_on_the_queue(reader, child, settings, tmp_path):
    settings.ANCHORS = tmp_path
    opened(child)
    assert "Not checked yet" in reader.get("/access/looked/log/").content.decode()
    assert reader.post("/access/looked/log/check/").status_code == 302
    page = reader.get("/access/looked/log/").content.decode()
    assert "All 2 events and 1 anchor fit." in page
    assert Event.objects.filter(kind=EventKind.AUDIT_VERIFIED).count() == 1


# --- refusals --------------------------------------------------------------------------------------------
def test_a_refusal_names_the_record_that_was_tried(child, council, sign_in):
    client = sign_in(make.user(Role.PRACTITIONER, team=make.team(council)))
    client.get(f"/children/{child.ref}/")
    absent = "00000000-0000-4000-8000-000000000000"
    client.get(f"/children/{absent}/")
    client.get("/reports/987654/")
    tried = Event.objects.filter(kind=EventKind.DENIED).order_by("seq")
    assert list(tried.values_list("subject_type", "subject_id", "authority_code"))[:2] == [
        ("child", str(child.pk), council.code), ("child_ref", absent, ""),
    ]  # fmt: skip
