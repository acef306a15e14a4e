"""Lists of what is past its time, and destroying it: two people, whole records, a certificate."""

import re
from datetime import date, timedelta

import pytest
from django.apps import apps

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.audit.models import Change, Event, Finding
from keepsight.apps.governance import belongings
from keepsight.apps.governance.actions import disposal, holds
from keepsight.apps.governance.models import Disposal, LegalHold, SubjectAccess
from keepsight.apps.governance.queries.retention import kept
from keepsight.apps.intake.actions import load_folder, stage, undo
from keepsight.apps.learning.models import Enrolment
from keepsight.apps.people.models import Child, DestroyedNumber
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.deliveries import NHS, UPNS, deliver, person
from tests.integration.governance import keeping

pytestmark = pytest.mark.django_db
WHY = "The time of these records is over."


@pytest.fixture
def office():
    return keeping.office()


def proposed(office, rule="contact", **given):
    return disposal.propose(
        authority=office.authority, rule_id=rule, by=office.officer, at=make.NOW, on=make.TODAY, **given
    )


def approved(office, rule="contact"):
    held = proposed(office, rule)
    return disposal.decide(held, approved=True, sentence=WHY, by=office.leader, at=make.NOW)


def carried_out(office, rule="contact"):
    return disposal.carry_out(approved(office, rule), by=office.officer, at=make.NOW, on=make.TODAY)


def phase_of(office, child):
    found = kept(office.authority, make.TODAY, [child.pk])
    return found.row(0, named=True)["rule"], found.row(0, named=True)["phase"]


# --- whose time is over ------------------------------------------------------------------------------------
def test_facts_of_the_register_lead_to_the_rule(office):
    old = keeping.contact_only(office.authority)
    soon = keeping.contact_only(office.authority, on=date(2014, 9, 1))
    later = keeping.contact_only(office.authority, on=date(2018, 9, 1))
    case = keeping.closed_case(office.authority)
    open_ = keeping.closed_case(office.authority)
    make.involvement(open_, kind="cin", started_on=make.days(-4))
    to_come = keeping.contact_only(office.authority)
    make.involvement(to_come, kind="cin", started_on=make.days(4))
    nothing = make.child(office.authority)
    found = [phase_of(office, each) for each in (old, soon, later, case, open_, to_come, nothing)]
    assert [phase for _, phase in found] == ["past", "soon", "later", "past", "open", "open", "undecided"]
    assert [rule for rule, _ in found][:4] == ["contact", "contact", "contact", "child_protection"]


def test_a_spell_that_a_file_dropped_ends_only_where_its_list_gives_no_end(office):
    for kind, phase in (("early_help", "past"), ("cin", "open")):
        child = make.child(office.authority, date_of_birth=date(1990, 1, 1))
        make.involvement(child, kind=kind, started_on=date(2010, 1, 1), not_in_file_since=date(2012, 1, 1))
        assert phase_of(office, child)[1] == phase


def test_an_adoption_order_keeps_the_record_a_hundred_years(office):
    child = keeping.closed_case(office.authority)
    make.involvement(
        child,
        kind="adoption",
        started_on=date(2006, 1, 1),
        ended_on=date(2007, 2, 3),
        details={"order_on": "2007-02-03"},
    )
    row = kept(office.authority, make.TODAY, [child.pk]).row(0, named=True)
    assert (row["rule"], row["kept_until"]) == ("adoption_order", date(2107, 2, 3))


def test_every_count_is_the_length_of_its_list_and_names_nobody(office, sign_in):
    for _ in range(3):
        keeping.contact_only(office.authority)
    held = keeping.contact_only(office.authority)
    LegalHold.objects.create(authority=office.authority, child=held, why="Court", placed_by="A", placed_at=make.NOW)
    keeping.closed_case(office.authority)
    client = sign_in(office.officer)
    page = client.get("/access/retention/").content.decode()
    links = re.findall(r'href="(/access/retention/[^"]+)">(\d+)<', page)
    assert len(links) == 3
    for address, count in links:
        shown = client.get(address).content.decode()
        assert f"<strong>{count} record" in shown
        assert "Madeupname" not in shown
        assert shown.count("<tr") == int(count) + 1
    opened = Event.objects.filter(source="governance:retention_list")
    assert sorted(len(event.detail["shown"]) for event in opened) == [1, 1, 3]


def test_a_list_costs_the_same_however_long(office, sign_in, django_assert_num_queries):
    client = sign_in(office.officer)
    address = f"/access/retention/{office.authority.code}/contact/past/"
    keeping.contact_only(office.authority)
    client.get(address)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 12):
        for _ in range(more):
            keeping.contact_only(office.authority)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.INFORMATION_GOVERNANCE])
def test_the_pages_are_for_information_governance(office, sign_in, role):
    client = sign_in(make.user(role, of=office.authority))
    for page in ("retention", "holds", "subject-access"):
        assert client.get(f"/access/{page}/").status_code == 403


def test_another_authority_is_as_one_that_is_not(office, sign_in):
    other = keeping.office()
    keeping.contact_only(other.authority)
    theirs = proposed(other)
    client = sign_in(office.officer)
    for code in (other.authority.code, "nowhere"):
        assert client.get(f"/access/retention/{code}/contact/past/").status_code == 404
        assert client.get(f"/access/disposals/new/{code}/contact/").status_code == 404
    for number in (theirs.pk, 999_999):
        assert client.get(f"/access/disposals/{number}/").status_code == 404
        assert client.post(f"/access/disposals/{number}/carry-out/").status_code == 404
        assert client.get(f"/access/disposals/{number}/certificate/").status_code == 404
    with pytest.raises(NotPermitted):
        disposal.propose(authority=other.authority, rule_id="contact", by=office.officer, at=make.NOW, on=make.TODAY)


# --- proposing and answering ----------------------------------------------------------------------------------
def test_a_preview_changes_nothing_and_counts_what_goes(office, sign_in):
    child = keeping.everything(office.authority)
    before = {model: model._base_manager.count() for model in apps.get_models()}
    rule = disposal.schedule_of(office.authority).rule("child_protection")
    counts = disposal.preview(office.authority, rule, make.TODAY)
    assert {model: model._base_manager.count() for model in apps.get_models()} == before
    done = carried_out(office, "child_protection")
    assert done.certificate["counts"] == counts
    assert not Child.objects.filter(pk=child.pk).exists()


def test_who_proposes_never_approves(office):
    Membership.objects.create(
        user=office.officer, authority=office.authority, role=Role.LEADER, starts_on=make.days(-9)
    )
    keeping.contact_only(office.authority)
    held = proposed(office)
    with pytest.raises(NotPermitted) as refused:
        disposal.decide(held, approved=True, sentence=WHY, by=office.officer, at=make.NOW)
    assert refused.value.code == "proposed_it"


@pytest.mark.parametrize("role", [r for r in Role if r != Role.LEADER])
def test_only_the_owner_answers(office, role):
    keeping.contact_only(office.authority)
    held = proposed(office)
    with pytest.raises(NotPermitted):
        disposal.decide(held, approved=True, sentence=WHY, by=make.user(role, of=office.authority), at=make.NOW)


def test_a_leader_of_one_team_is_no_owner_of_all_records(office):
    keeping.contact_only(office.authority)
    held = proposed(office)
    somebody = make.user(Role.LEADER, team=make.team(office.authority))
    with pytest.raises(NotPermitted):
        disposal.decide(held, approved=True, sentence=WHY, by=somebody, at=make.NOW)


def test_a_list_is_answered_once_with_a_sentence(office):
    keeping.contact_only(office.authority)
    held = proposed(office)
    with pytest.raises(NotAllowedNow):
        disposal.decide(held, approved=True, sentence="Yes.", by=office.leader, at=make.NOW)
    refused = disposal.decide(held, approved=False, sentence=WHY, by=office.leader, at=make.NOW)
    assert refused.state == Disposal.State.REFUSED
    with pytest.raises(NotAllowedNow):
        disposal.decide(held, approved=True, sentence=WHY, by=office.leader, at=make.NOW)
    with pytest.raises(NotAllowedNow):
        disposal.carry_out(held, by=office.officer, at=make.NOW, on=make.TODAY)
    assert Child.objects.count() == 1


def test_nothing_is_destroyed_that_was_only_proposed(office):
    keeping.contact_only(office.authority)
    with pytest.raises(NotAllowedNow):
        disposal.carry_out(proposed(office), by=office.officer, at=make.NOW, on=make.TODAY)
    with pytest.raises(NotAllowedNow):
        proposed(office)  # one list of a rule at a time
    assert Child.objects.count() == 1


# --- destroying ---------------------------------------------------------------------------------------------------
def test_nothing_of_a_destroyed_record_stays(office):
    child = keeping.everything(office.authority)
    hold = holds.place(
        authority=office.authority, number=f"CH{child.pk:06}", why="A court asks.", by=office.officer, at=make.NOW
    )
    holds.lift(hold, because="The court has it.", by=office.officer, at=make.NOW)
    SubjectAccess.objects.create(
        child=child,
        asked_on=make.TODAY,
        due_on=make.TODAY,
        asker="child",
        made_by=office.officer,
        made_at=make.NOW,
    )
    held = belongings.rows_of([child.pk])
    carried_out(office, "child_protection")
    for model, keys in held.items():
        assert not model._base_manager.filter(pk__in=keys).exists(), model
    for model, path in belongings.paths():
        assert not model._base_manager.filter(**{path: child.pk}).exists(), model
    assert not Change.objects.filter(table="people.Child", record_id=child.pk).exists()
    assert not Change.objects.filter(table="contact.Visit").exists()
    assert set(Finding.objects.values_list("found", flat=True)) == {""}
    assert Finding.objects.count() == 2  # the sums of the load still add up
    for word in ("Quillan", "Earlierhere", "Secret Court", "heron", "31/02/1994"):
        assert word not in dump(), word


def dump():
    """Every value of every table of ours, as text."""
    words = []
    for model in apps.get_models():
        if model.__module__.startswith("keepsight."):
            for row in model._base_manager.values_list():
                words.append(" ".join(str(value) for value in row))
    return "\n".join(words)


def test_brothers_and_sisters_and_a_roll_that_runs_stay(office):
    child = keeping.everything(office.authority)
    carried_out(office, "child_protection")
    sister = Child.objects.get(forename="Sibyl")
    assert sister.families.count() == 1
    roll = Enrolment.objects.get()
    assert (roll.child_id, roll.left_on) == (None, None)
    assert not Child.objects.filter(pk=child.pk).exists()


def test_every_table_that_leads_to_a_child_is_tried(office):
    child = keeping.everything(office.authority)
    LegalHold.objects.create(
        authority=office.authority, child=child, why="w", placed_by="A", placed_at=make.NOW, lifted_at=make.NOW
    )
    held = set(belongings.rows_of([child.pk]))
    without = {
        # ended rolls have them; not filled in this world, all lead over the roll or the access
        "learning.TermSessions", "learning.Exclusion", "learning.PupilAddress", "learning.FreeMealPeriod",
        "learning.EhcPlan", "governance.SubjectAccess", "people.GlassNotice",
    }  # fmt: skip
    missing = {model._meta.label for model, _ in belongings.paths() if model not in held} - without
    assert missing == set()


def test_what_changed_since_is_left_out_and_said(office):
    gone, held, opened, later, other_rule = (keeping.contact_only(office.authority) for _ in range(5))
    listed = approved(office)
    holds.place(authority=office.authority, number=f"CH{held.pk:06}", why="An inquiry.", by=office.officer, at=make.NOW)
    make.involvement(opened, kind="cin", started_on=make.days(-1))
    make.visit(later, visit_on=make.days(-2))
    make.involvement(other_rule, kind="cp", started_on=date(2014, 1, 1), ended_on=date(2014, 2, 1))
    done = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert done.certificate["outcomes"] == {"destroyed": 1, "held": 1, "re_opened": 1, "not_due": 2}
    assert set(Child.objects.values_list("pk", flat=True)) == {held.pk, opened.pk, later.pk, other_rule.pk}
    assert not Child.objects.filter(pk=gone.pk).exists()


def test_the_certificate_names_no_child_and_is_bound_to_its_list(office, sign_in):
    child = keeping.contact_only(office.authority, forename="Unmistakable")
    done = carried_out(office)
    item = done.items.get()
    assert item.child_id is None
    assert done.certificate["digest"] == disposal.list_digest([item])
    assert done.certificate["counts"]["Children"] == 1
    page = sign_in(office.leader).get(f"/access/disposals/{done.pk}/certificate/").content.decode()
    assert done.certificate["digest"] in page
    assert office.leader.name in page
    assert "Unmistakable" not in page
    assert f"CH{child.pk:06}" not in page
    assert Event.objects.filter(kind="destroyed", subject_type="child", subject_id=str(child.pk)).count() == 1


def test_a_list_that_was_carried_out_is_not_carried_out_again(office):
    keeping.contact_only(office.authority)
    done = carried_out(office)
    with pytest.raises(NotAllowedNow):
        disposal.carry_out(done, by=office.officer, at=make.NOW, on=make.TODAY)


def test_more_than_a_handful_goes_and_a_stop_in_the_middle_is_taken_up(office, monkeypatch):
    monkeypatch.setattr(disposal, "HANDFUL", 2)
    for _ in range(5):
        keeping.contact_only(office.authority)
    listed, settle, calls = approved(office), disposal._settle, []

    def stops(*args, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return settle(*args, **more)

    monkeypatch.setattr(disposal, "_settle", stops)
    with pytest.raises(KeyboardInterrupt):
        disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert Child.objects.count() == 3  # the first two went; the handful that was begun did not
    part = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY, handfuls=1)
    assert (part.state, Child.objects.count()) == (Disposal.State.APPROVED, 1)
    done = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert done.certificate["outcomes"] == {"destroyed": 5}
    assert done.certificate["counts"]["Children"] == 5
    assert Child.objects.count() == 0


def test_numbers_of_a_destroyed_record_are_known_again_and_cannot_be_read(office):
    child = keeping.contact_only(office.authority)
    number = f"CH{child.pk:06}"
    carried_out(office)
    from keepsight.apps.people.destroyed import destroyed_among

    known, never = ("la_child_id", number), ("la_child_id", "CH999999")
    assert destroyed_among(office.authority, [known, never]) == {known: make.TODAY}
    assert destroyed_among(keeping.office().authority, [known]) == {}
    assert number not in "".join(DestroyedNumber.objects.values_list("digest", flat=True))


def test_the_whole_way_through_the_pages(office, client):
    child = keeping.contact_only(office.authority)

    def sign_in(user):
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")

    sign_in(office.officer)
    address = f"/access/disposals/new/{office.authority.code}/contact/"
    assert "1 record is" in " ".join(client.get(address).content.decode().split())
    assert Disposal.objects.count() == 0
    listed = client.post(address)
    assert client.post(address).status_code == 409
    page = client.get(listed.url).content.decode()
    assert "somebody else must answer it" in page
    assert client.post(listed.url, {"answer": "approve", "sentence": WHY}).status_code == 403
    sign_in(office.leader)
    assert client.post(listed.url, {"answer": "approve", "sentence": "Short"}).status_code == 422
    assert client.post(listed.url, {"answer": "approve", "sentence": WHY}).status_code == 302
    assert client.post(f"{listed.url}carry-out/").status_code == 403
    sign_in(office.officer)
    assert client.get(f"{listed.url}carry-out/").status_code == 405
    done = client.post(f"{listed.url}carry-out/")
    assert "Certificate of destruction" in client.get(done.url).content.decode()
    assert not Child.objects.filter(pk=child.pk).exists()


def test_a_reference_is_not_the_pseudonym_of_snapshots(office):
    from keepsight.apps.briefing.frames import pseudonyms

    child = keeping.contact_only(office.authority)
    reference = belongings.pseudonym(office.authority, child.pk).replace("-", "").lower()
    assert not pseudonyms(office.authority, [child.pk])[0].startswith(reference[:6])
    assert reference != belongings.pseudonym(keeping.office().authority, child.pk)


def test_the_days_round_the_end(office):
    child = keeping.contact_only(office.authority, on=date(2014, 6, 3))
    for after, phase in ((-366, "soon"), (0, "soon"), (1, "past")):
        on = make.TODAY + timedelta(days=after)
        assert kept(office.authority, on, [child.pk])["phase"][0] == (phase if after != -366 else "later")


# --- with real loads ----------------------------------------------------------------------------------------
def old_contact(folder, forename="Wren"):
    rows = [["CASE-7", "F", "WBRI", "2006-05-04", 14, "2010-02-01", "1A"]]
    return deliver(
        folder,
        ssd_person=[person("CASE-7", upn=UPNS[0], born="2006-05-04", forename=forename), person("CASE-8", nhs=NHS[0])],
        contacts=rows,
    )


def load(office, folder):
    return load_folder(office.authority, folder, as_at=make.TODAY, at=make.NOW)


def test_what_loads_wrote_goes_too_and_older_loads_can_still_be_undone(office, tmp_path):
    load(office, old_contact(tmp_path / "1", forename="Earliername"))
    second = load(office, old_contact(tmp_path / "2", forename="Latername"))
    words, held = ("Earliername", "Latername", "CASE-7", UPNS[0]), dump()  # no hash or reference can hold them
    for word in words:
        assert word in held, f"{word}: the load kept what was before, so that it can be undone"
    carried_out(office)
    left = dump()
    for word in words:
        assert word not in left, word
    assert NHS[0] in left  # of the other child
    undo(second, at=make.NOW)
    assert Child.objects.count() == 1


def test_a_file_that_brings_a_destroyed_record_back_is_not_taken_in_silence(office, tmp_path, sign_in):
    folder = old_contact(tmp_path / "1")
    load(office, folder)
    carried_out(office)
    staged = stage(office.authority, folder, as_at=make.TODAY, at=make.NOW)
    assert Finding.objects.filter(load=staged, code="destroyed_before").exists(), "the dry run says so first"
    again = load(office, folder)
    found = list(Finding.objects.filter(load=again, code="destroyed_before").order_by("column"))
    assert [(each.column, each.found) for each in found] == [("Child id", ""), ("UPN", "")]
    assert "was destroyed on 03/06/2020" in found[0].done
    assert not Finding.objects.filter(load=again, code="destroyed_before", row=None).exists()
    page = sign_in(office.officer).get("/access/retention/").content.decode()
    assert f"2 numbers of destroyed records stood in a file of {office.authority.name} again" in " ".join(page.split())
    assert kept(office.authority, make.TODAY)["phase"].to_list().count("past") == 1  # and may be proposed again
