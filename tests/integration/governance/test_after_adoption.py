"""A record after adoption is a new child: nothing leads from one record to the other, no file joins them."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event, Finding
from keepsight.apps.desk import record
from keepsight.apps.intake.actions import load_folder
from keepsight.apps.learning.models import Enrolment
from keepsight.apps.people import actions
from keepsight.apps.people.models import Child, FamilyMember, Involvement
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.deliveries import AS_AT, AT, NHS, UPNS, cin, deliver, person, plan, pupil
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
NEW = {"forename": "Wilder", "surname": "Newfamily", "number": "C900"}


@pytest.fixture
def council():
    return make.authority(code="valeshire", la_code="990")


def load(council, folder):
    return load_folder(council, folder, as_at=AS_AT, at=AT)


@pytest.fixture
def before(council, tmp_path):
    """Wren, loaded from files with a UPN, an NHS number, a case number and a brother."""
    load(
        council,
        deliver(tmp_path / "first", ssd_person=[person("C1", upn=UPNS[0], nhs=NHS[0])], cin=[cin("C1")])
    )  # fmt: skip
    wren = Child.objects.get(identifiers__value="C1")
    make.family(wren, make.child(council, forename="Brother", surname="Testerby"))
    Involvement.objects.create(child=wren, kind="adoption", started_on=make.days(-300), ended_on=make.days(-9))
    Child.objects.filter(pk=wren.pk).update(record_class="restricted")
    wren.refresh_from_db()
    return wren


@pytest.fixture
def head(council):
    return make.user(Role.LEADER, of=council)


def begin(child, by, **given):
    return actions.begin_after_adoption(child, **{**NEW, **given}, by=by, at=NOW, on=TODAY)


def test_the_new_record_has_nothing_of_the_old_one(before, head):
    after = begin(before, head)
    assert (after.record_class, after.forename, after.surname) == ("post_adoption", "Wilder", "Newfamily")
    assert after.ref != before.ref
    assert after.created_load is None
    assert after.source is None
    assert list(after.identifiers.values_list("value", flat=True)) == ["C900"]
    assert not FamilyMember.objects.filter(child=after).exists()
    assert not after.involvements.exists()
    assert before.identifiers.filter(closed_on=None).count() == 0
    assert before.identifiers.count() == 3
    before.refresh_from_db()
    assert before.record_class == "restricted"


def test_the_log_names_the_old_record_and_never_the_new_one(before, head):
    after = begin(before, head)
    event = Event.objects.get(kind="post_adoption_made")
    assert event.subject_id == str(before.pk)
    new = ("child", str(after.pk))  # a person or an entry may have the same number
    about_new = [
        each for each in Event.objects.all()
        if str(after.ref) in str(each.detail) or (each.subject_type, each.subject_id) == new
    ]  # fmt: skip
    assert about_new == []
    assert not [each for each in Event.objects.all() if "C900" in str((each.reason, each.detail))]


@pytest.mark.parametrize("number", ["C1", "c 1", UPNS[0]])
def test_a_number_of_the_old_record_cannot_be_taken_along(before, head, number):
    with pytest.raises(NotAllowedNow):
        begin(before, head, number=number)
    assert Child.objects.filter(record_class="post_adoption").count() == 0


def test_it_is_begun_once_and_only_after_an_adoption(before, head, council):
    begin(before, head)
    with pytest.raises(NotAllowedNow):
        begin(before, head, number="")
    for child in (make.child(council), make.child(council, record_class="restricted")):
        with pytest.raises(NotAllowedNow):
            begin(child, head, number="")


def test_only_who_answers_for_the_record_begins_one(sign_in, before, council):
    for role in (Role.PRACTITIONER, Role.DUTY_WORKER, Role.INFORMATION_GOVERNANCE):
        somebody = make.user(role, of=council)
        with pytest.raises(NotPermitted):
            begin(before, somebody)
        page = f"/access/restricted/{before.ref}/after-adoption/"
        assert sign_in(somebody).post(page, NEW).status_code == 403


def test_the_page_leads_to_neither_record(sign_in, before, head):
    client = sign_in(head)
    answer = client.post(f"/access/restricted/{before.ref}/after-adoption/", NEW, follow=True)
    after = Child.objects.get(record_class="post_adoption")
    body = answer.content.decode()
    assert "A new record is begun" in body
    assert str(after.ref) not in body
    assert "Wilder" not in body


# --- files that come later --------------------------------------------------------------------------------
def second(folder):
    """The old case number, the old UPN on a roll and in the SEND list, and the new number with the old UPN."""
    return deliver(
        folder,
        ssd_person=[person("C900", upn=UPNS[0], forename="Wilder"), person("C1", nhs=NHS[0])],
        cin=[cin("C900")],
        send_register=[plan("S9", upn=UPNS[0])],
        pupilonroll=[pupil("K1", UPNS[0])],
    )  # fmt: skip


def test_no_row_is_joined_to_the_old_record_and_no_finding_tells_of_it(council, before, head, tmp_path):
    after = begin(before, head)
    unchanged = list(Child.objects.filter(pk=before.pk).values())
    spells = before.involvements.count()
    loaded = load(council, second(tmp_path / "second"))
    assert list(Child.objects.filter(pk=before.pk).values()) == unchanged
    assert before.involvements.count() == spells
    assert before.identifiers.filter(closed_on=None).count() == 0
    assert set(after.identifiers.values_list("scheme", "value")) >= {("la_child_id", "C900"), ("upn", UPNS[0])}
    assert Enrolment.objects.get(pupil_key="K1").child == after
    codes = Finding.objects.filter(load=loaded).values_list("code", flat=True)
    assert "conflicting_id" not in codes
    assert loaded.counts["identifiers"]["conflicting"] == 0


def test_a_row_with_a_closed_number_alone_makes_a_record_of_its_own_that_nobody_reads_yet(
    council, before, head, tmp_path
):
    begin(before, head, number="")
    load(council, deliver(tmp_path / "second", ssd_person=[person("C1", upn=UPNS[0], nhs=NHS[0])]))
    (third,) = Child.objects.filter(identifiers__value="C1", identifiers__closed_on=None)
    assert third.pk != before.pk
    assert third.record_class == "restricted"
    assert not FamilyMember.objects.filter(child=third).exists()
    load(council, deliver(tmp_path / "third", ssd_person=[person("C1", upn=UPNS[0], nhs=NHS[0], forename="Wrenna")]))
    third.refresh_from_db()
    assert third.forename == "Wrenna", "the next load finds the same record"


# --- searching and relatives ------------------------------------------------------------------------------
def test_searches_by_old_words_show_the_old_record_to_nobody_else(sign_in, council, before, head):
    begin(before, head)
    client = sign_in(make.user(Role.PRACTITIONER, of=council))
    for words in ("Wren", "Testerby", UPNS[0], NHS[0], "C1"):
        body = client.post("/find/", {"words": words}).content.decode()
        assert str(before.ref) not in body, words
        assert "Wilder" not in body, words
    assert "Wilder Newfamily" in client.post("/find/", {"words": "Newfamily"}).content.decode()


def test_a_closed_number_finds_the_old_record_for_nobody_not_even_who_is_named(
    sign_in, council, before, head, tmp_path
):
    """Else one search by the UPN would show both records to somebody who may read both."""
    begin(before, head)
    load(council, second(tmp_path / "second"))
    duty = make.user(Role.DUTY_WORKER, of=council)
    body = sign_in(duty).post("/find/", {"words": UPNS[0]}).content.decode()
    assert str(before.ref) not in body
    assert "Wilder" in body


def test_brothers_and_sisters_never_cross(council, before, head):
    after = begin(before, head)
    brother = Child.objects.get(forename="Brother")
    grants = grants_of(head, NOW)
    from keepsight.apps.accounts.permissions import Permission

    for child in (brother, before):
        assert after.pk not in {each["pk"] for each in record.siblings(grants, child.pk, Permission.CHILD_VIEW)}
    assert record.siblings(grants, after.pk, Permission.CHILD_VIEW) == []
