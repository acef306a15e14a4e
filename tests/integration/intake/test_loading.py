"""Stage, load, load again, undo: what each does to the register, and what it must not do."""

import pytest

from keepsight.apps.accounts.models import Authority, Role, Team, Worker
from keepsight.apps.audit.models import Change, Event, EventKind, Finding, Load
from keepsight.apps.contact.models import Sighting, Visit
from keepsight.apps.frontdoor.models import ContactDay
from keepsight.apps.intake import actions
from keepsight.apps.intake.queries import register_digest
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan, Enrolment
from keepsight.apps.people.models import Alert, Child, FamilyMember, Identifier, Involvement
from keepsight.apps.risk.models import Confirmation
from keepsight.core.errors import BadInput, NotAllowedNow, NotPermitted
from tests import factories
from tests.deliveries import AS_AT, AT, NHS, UPNS, cin, deliver, person, plan, pupil, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def council() -> Authority:
    return factories.authority(code="valeshire", la_code="990")


def load(council, folder, **given):
    return actions.load_folder(council, folder, **{"as_at": AS_AT, "at": AT, **given})


def counts(load, table):
    return {kind: count for kind, count in load.counts.get(table, {}).items() if count}


def child(value) -> Child:
    return Child.objects.get(identifiers__value=value)


def test_a_delivery_becomes_one_register_of_children(council, tmp_path):
    load(council, small(tmp_path))
    assert Child.objects.count() == 4
    wren = child("C1")
    assert (wren.forename, wren.surname, wren.sex, wren.ethnicity) == ("Wren", "Testerby", "F", "WBRI")
    assert set(wren.identifiers.values_list("scheme", "value")) == {
        ("la_child_id", "C1"), ("upn", UPNS[0]), ("nhs", NHS[0]), ("send_id", "S1"),
    }  # fmt: skip
    assert EhcPlan.objects.get(send_id="S1").child == wren
    assert child("S2").forename == "Lark"
    assert Enrolment.objects.get(pupil_key="K1").child == wren
    assert Enrolment.objects.get(pupil_key="K2").child is None, "nobody but the school knows this pupil"
    assert AttendanceWeek.objects.get(enrolment__pupil_key="K1").marks.startswith("/ \\ . .")
    assert FamilyMember.objects.filter(family__number="FAM1").count() == 2
    spell = Involvement.objects.get(child=wren, kind="cin")
    assert (str(spell.started_on), spell.ended_on, spell.team.name, spell.worker.name) == (
        "2020-04-01", None, "Vale Team", "Pell Exampleby",
    )  # fmt: skip
    assert spell.details["primary_need"] == "N1"
    assert spell.details["last_seen_on"] == "2020-05-20"
    assert Involvement.objects.get(child__identifiers__value="C3").ended_on is not None


def test_every_row_says_which_row_of_which_file_it_came_from(council, tmp_path):
    load(council, small(tmp_path))
    spell = Involvement.objects.get(child=child("C2"))
    assert (spell.source.name, spell.source_row) == ("cin.csv", 3)
    assert child("C2").source.name == "ssd_person.csv"


def test_visits_of_the_case_system_say_seen_only_where_the_export_does(council, tmp_path):
    load(council, small(tmp_path))
    assert Visit.objects.get(number__endswith="V1").seen is True
    unsaid = Visit.objects.get(number__endswith="V2")
    assert unsaid.seen is None
    assert unsaid.outcome == "not_seen"


def test_a_day_last_seen_in_a_list_is_a_visit_unless_one_is_known(council, tmp_path):
    deliver(tmp_path, ssd_person=[person("C1")], cin=[cin("C1", seen="20/05/2020")])
    load(council, tmp_path)
    assert [(str(v.visit_on), v.seen, v.service) for v in Visit.objects.all()] == [("2020-05-20", True, "cin")]
    deliver(tmp_path, ssd_cin_visits=[["V1", "C1", "2020-05-20", "Y", "Y", "Home visit"]])
    second = factories.authority(la_code="991")
    load(second, tmp_path)
    assert Visit.objects.filter(child__authority=second).count() == 1


def test_the_tracker_becomes_confirmations_and_only_the_newest_is_current(council, tmp_path):
    deliver(
        tmp_path,
        rag_tracker=[
            ["C1", "Red", "01/05/2020", "Pell Exampleby", "", ""],
            ["C1", "Amber", "01/06/2020", "Pell Exampleby", "", ""],
        ],
    )
    load(council, tmp_path)
    told = list(Confirmation.objects.order_by("rated_on").values_list("level", "is_current", "rated_by"))
    assert told == [("red", False, "Pell Exampleby"), ("amber", True, "Pell Exampleby")]
    deliver(tmp_path, rag_tracker=[["C1", "Green", "02/06/2020", "Pell Exampleby", "", ""]])
    later = load(council, tmp_path)
    assert Confirmation.objects.get(is_current=True).level == "green"
    actions.undo(later, at=AT)
    assert Confirmation.objects.get(is_current=True).level == "amber"


def test_a_level_that_a_manager_refused_does_not_come_back_with_a_load(council, tmp_path):
    deliver(tmp_path, rag_tracker=[["C1", "Red", "01/05/2020", "Pell Exampleby", "", ""]])
    load(council, tmp_path)
    red = Confirmation.objects.get()
    factories.confirmation(
        red.child,
        level="green",
        approval="refused",
        is_current=False,
        rated_on=factories.TODAY,
        review_on=factories.TODAY,
    )
    deliver(tmp_path, rag_tracker=[["C1", "Red", "02/05/2020", "Pell Exampleby", "", ""]])
    load(council, tmp_path)
    assert Confirmation.objects.get(is_current=True).level == "red"


def test_a_dry_run_counts_and_changes_nothing(council, tmp_path):
    before = register_digest(council)
    staged = actions.stage(council, small(tmp_path), as_at=AS_AT, at=AT)
    assert staged.state == Load.State.STAGED
    assert counts(staged, "children") == {"new": 4, "conflicting": staged.counts["children"]["conflicting"]}
    assert register_digest(council) == before
    assert not Child.objects.exists()
    assert not Team.objects.exists()


def test_a_dry_run_says_what_the_load_then_does(council, tmp_path):
    staged = actions.stage(council, small(tmp_path), as_at=AS_AT, at=AT)
    said = staged.counts
    done = actions.commit(staged, tmp_path, at=AT)
    assert done.state == Load.State.COMMITTED
    assert done.counts == said
    assert Child.objects.count() == 4
    assert Event.objects.filter(kind=EventKind.LOAD_COMMITTED, subject_id=str(done.pk)).exists()


def test_files_that_changed_since_they_were_staged_are_not_committed(council, tmp_path):
    staged = actions.stage(council, small(tmp_path), as_at=AS_AT, at=AT)
    deliver(tmp_path, cin=[cin("C9")])
    with pytest.raises(NotAllowedNow, match="changed since"):
        actions.commit(staged, tmp_path, at=AT)
    assert not Child.objects.exists()


def test_a_load_is_committed_once(council, tmp_path):
    done = load(council, small(tmp_path))
    with pytest.raises(NotAllowedNow, match="committed"):
        actions.commit(done, tmp_path, at=AT)


def test_loading_the_same_files_again_changes_nothing(council, tmp_path):
    load(council, small(tmp_path))
    before = register_digest(council)
    again = load(council, tmp_path)
    assert register_digest(council) == before
    assert not Change.objects.filter(load=again).exists()
    for table, kinds in again.counts.items():
        assert not any(kinds[kind] for kind in ("new", "changed", "ended", "not_in_file")), table


def test_an_undone_load_leaves_the_register_as_it_was(council, tmp_path):
    load(council, small(tmp_path / "first"))
    before = register_digest(council)
    second = deliver(
        tmp_path / "second",
        ssd_person=[person("C1", upn=UPNS[0], forename="Wrenna"), person("C4", upn=UPNS[1])],
        cin=[cin("C1", closed="30/05/2020", worker="Moss Newby", team="Hill Team"), cin("C4")],
        attendance=[[UPNS[0], "950001", "2020-06-02", "AM", "I"]],
        send_register=[plan("S1", upn=UPNS[0])],
    )
    later = load(council, second)
    assert counts(later, "children_in_need") == {"new": 1, "ended": 1, "not_in_file": 1}
    assert counts(later, "attendance") == {"changed": 1}
    assert counts(later, "ehc_plans") == {"unchanged": 1, "not_in_file": 1}
    assert child("C1").forename == "Wrenna"
    assert Enrolment.objects.get(pupil_key="K2").child == child("C4"), "known now, so tied to the child"
    marks = AttendanceWeek.objects.get(enrolment__pupil_key="K1").marks
    assert marks.startswith("/ \\ I ."), "older marks of the week stay"
    actions.undo(later, at=AT)
    assert register_digest(council) == before
    assert Load.objects.get(pk=later.pk).state == Load.State.UNDONE
    assert not Worker.objects.filter(name="Moss Newby").exists()
    assert Enrolment.objects.get(pupil_key="K2").child is None


def test_a_row_missing_from_the_newest_file_stays_open_and_says_so(council, tmp_path):
    load(council, small(tmp_path / "first"))
    deliver(tmp_path / "second", cin=[cin("C1", seen="20/05/2020")])
    load(council, tmp_path / "second")
    gone = Involvement.objects.get(child=child("C2"))
    assert gone.ended_on is None
    assert gone.not_in_file_since == AS_AT
    assert Involvement.objects.get(child=child("C3")).not_in_file_since is None, "it had ended already"
    load(council, tmp_path / "first", as_at=AS_AT)
    assert Involvement.objects.get(child=child("C2")).not_in_file_since is None, "it is there again"


def test_the_newest_load_is_undone_first(council, tmp_path):
    first = load(council, small(tmp_path / "first"))
    second = load(council, deliver(tmp_path / "second", cin=[cin("C9")]))
    with pytest.raises(NotAllowedNow, match=f"Undo load {second.pk} first"):
        actions.undo(first, at=AT)
    actions.undo(second, at=AT)
    actions.undo(first, at=AT)
    assert not Child.objects.exists()
    with pytest.raises(NotAllowedNow, match="undone"):
        actions.undo(first, at=AT)


def test_a_load_is_not_undone_under_what_people_recorded(council, tmp_path):
    done = load(council, small(tmp_path))
    before = register_digest(council)
    Sighting.objects.create(child=child("C1"), seen_on=AS_AT, line="health", recorded_at=AT)
    with pytest.raises(NotAllowedNow, match="1 sightings"):
        actions.undo(done, at=AT)
    assert register_digest(council) == before


def test_ratings_and_plans_that_were_computed_go_with_an_undone_child(council, tmp_path):
    from keepsight.apps.contact import actions as contact

    done = load(council, small(tmp_path))
    contact.rate_and_plan(council, on=AS_AT, at=AT)
    actions.undo(done, at=AT)
    assert not Child.objects.exists()


def test_a_damaged_file_refuses_the_whole_delivery(council, tmp_path):
    small(tmp_path)
    (tmp_path / "annex.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(BadInput, match=r"annex\.xlsx"):
        load(council, tmp_path)
    assert not Child.objects.exists()
    refused = Load.objects.get()
    assert refused.state == Load.State.REFUSED
    assert "annex.xlsx" in refused.refusal


def test_two_files_of_one_name_are_refused(council, tmp_path):
    small(tmp_path)
    small(tmp_path / "copy")
    with pytest.raises(BadInput, match="Two files are called"):
        load(council, tmp_path)


def test_a_folder_without_lists_is_refused(council, tmp_path):
    with pytest.raises(BadInput, match="holds no list"):
        load(council, tmp_path)


def test_only_a_data_loader_of_that_authority_may_load(council, tmp_path):
    small(tmp_path)
    stranger = factories.user(Role.DATA_LOADER, of=factories.authority(la_code="555"))
    with pytest.raises(NotPermitted):
        load(council, tmp_path, by=stranger)
    loader = factories.user(Role.DATA_LOADER, of=council)
    done = load(council, tmp_path, by=loader)
    assert done.by_name == loader.name
    with pytest.raises(NotPermitted):
        actions.undo(done, at=AT, by=stranger)


# --- what is dirty -------------------------------------------------------------------------------------
def test_two_children_with_one_upn_are_two_children_and_named(council, tmp_path):
    load(council, deliver(tmp_path, ssd_person=[person("C1", upn=UPNS[0]), person("C2", upn=UPNS[0])]))
    assert Child.objects.count() == 2
    assert not Identifier.objects.filter(value=UPNS[0]).exists()
    assert Finding.objects.filter(code="conflicting_id").count() == 2


def test_a_wrong_check_digit_is_named_and_kept_as_written(council, tmp_path):
    load(council, deliver(tmp_path, ssd_person=[person("C1", upn="R247962919251")]))
    assert Identifier.objects.get(scheme="upn").checked is False
    assert Finding.objects.get(code="check_digit").row == 2


def test_birthdays_that_differ_are_settled_by_most_rows_and_named(council, tmp_path):
    deliver(
        tmp_path,
        ssd_person=[person("C1", born="2010-05-04")],
        cin=[cin("C1", born="05/05/2010"), cin("C1", "01/01/2019", closed="01/02/2019", born="05/05/2010")],
    )
    load(council, tmp_path)
    assert str(child("C1").date_of_birth) == "2010-05-05"
    finding = Finding.objects.get(code="conflicting")
    assert (finding.file, finding.row, finding.found) == ("ssd_person.csv", 2, "2010-05-04")


def test_a_missing_start_day_does_not_lose_the_child(council, tmp_path):
    deliver(tmp_path, cin=[cin("C1", started="")])
    load(council, tmp_path)
    spell = Involvement.objects.get()
    assert spell.started_on == AS_AT
    assert Finding.objects.filter(code="no_start").count() == 1
    load(council, tmp_path, as_at=AS_AT.replace(day=10))
    assert Involvement.objects.get().started_on == AS_AT, "the second file does not open a second spell"


def test_the_fuller_of_two_rows_of_one_spell_is_kept_and_the_other_named(council, tmp_path):
    deliver(tmp_path, cin=[cin("C1", seen="20/05/2020"), cin("C1"), cin("C1", seen="20/05/2020")])
    done = load(council, tmp_path)
    assert Involvement.objects.get().details["last_seen_on"] == "2020-05-20"
    assert sorted(Finding.objects.filter(rows_left_out=1).values_list("code", flat=True)) == ["conflicting", "repeated"]
    assert (done.rows_in, done.rows_rejected) == (3, 2)


def test_marks_of_strangers_are_counted_pupil_by_pupil(council, tmp_path):
    deliver(
        tmp_path,
        pupilonroll=[pupil("K1", UPNS[0])],
        attendance=[
            [UPNS[0], "950001", "2020-06-01", "AM", "/"], [UPNS[1], "950001", "2020-06-01", "AM", "/"],
            [UPNS[1], "950001", "2020-06-01", "PM", "/"], [UPNS[0], "950999", "2020-06-01", "AM", "/"],
        ],
    )  # fmt: skip
    load(council, tmp_path)
    told = Finding.objects.filter(code="not_on_roll").order_by("row").values_list("row", "rows_left_out")
    assert list(told) == [(3, 2), (5, 1)]
    assert AttendanceWeek.objects.count() == 1


def test_the_next_census_knows_its_pupils_again_by_upn(council, tmp_path):
    load(council, deliver(tmp_path / "autumn", pupilonroll=[pupil("K1", UPNS[0]), pupil("K2", UPNS[1])]))
    spring = load(council, deliver(tmp_path / "spring", pupilonroll=[pupil("Z9", UPNS[0])]))
    assert counts(spring, "enrolments") == {"unchanged": 1, "not_in_file": 1}
    assert Enrolment.objects.count() == 2


def test_people_in_two_authorities_never_meet(council, tmp_path):
    other = factories.authority(la_code="991")
    load(council, small(tmp_path))
    before = register_digest(council)
    load(other, tmp_path)
    assert register_digest(council) == before
    assert Child.objects.filter(authority=other).count() == 4


def test_warnings_are_loaded_with_their_kind(council, tmp_path):
    load(council, small(tmp_path))
    assert Alert.objects.get().kind == "dog"


def test_progress_is_told_and_ends_are_reached(council, tmp_path):
    told = []
    load(council, small(tmp_path), progress=lambda what, done, total: told.append((what, done, total)))
    assert told[0][0].startswith("Reading")
    assert told[-1][0] == "Attendance"
    assert all(0 <= done < total for _, done, total in told)


def test_numbers_too_large_for_the_register_are_named_and_nothing_breaks(council, tmp_path):
    deliver(tmp_path, contacts_history=[["2020-06-01", "1A", "99999999999", "1"], ["2020-06-02", "1A", "3", "1"]])
    done = load(council, tmp_path)
    assert ContactDay.objects.get().contacts == 3
    assert (done.rows_in, done.rows_rejected) == (2, 1)


def test_an_older_load_can_be_undone_when_a_newer_one_changed_nothing(council, tmp_path):
    first = load(council, small(tmp_path))
    load(council, tmp_path)
    actions.undo(first, at=AT)
    assert not Child.objects.exists()
