"""Linking, rule by rule, on a handful of rows."""

import polars as pl

from keepsight.core.people.linking import OWNERS, agree, link

GOOD_UPN, OTHER_UPN, WRONG_UPN = "A950000178301", "H243278544154", "R247962919251"
GOOD_NHS = "9434765919"
_CLAIM = {"row": pl.Int64, "child_id": pl.String, "upn": pl.String, "nhs_number": pl.String, "send_id": pl.String}


def claims(*rows):
    return pl.DataFrame([(nth, *row) for nth, row in enumerate(rows)], schema=_CLAIM, orient="row")


def owners(*rows):
    return pl.DataFrame([(*row, True) for row in rows], schema={**OWNERS, "checked": pl.Boolean}, orient="row")


def children(linked):
    return linked.rows.sort("row")["child"].to_list()


def test_rows_with_one_child_id_are_one_child():
    linked = link(claims(("C1", None, None, None), ("C2", None, None, None), ("C1", None, None, None)), owners())
    assert children(linked) == [-1, -2, -1]


def test_a_plan_without_child_id_links_by_upn_and_then_by_nhs_number():
    linked = link(
        claims(("C1", GOOD_UPN, GOOD_NHS, None), (None, GOOD_UPN, None, "S1"), (None, None, GOOD_NHS, "S2")), owners()
    )
    assert children(linked) == [-1, -1, -1]
    assert linked.conflicts.is_empty()


def test_a_wrong_check_digit_links_nothing_and_is_named():
    linked = link(claims(("C1", WRONG_UPN, None, None), (None, WRONG_UPN, None, "S1")), owners())
    assert children(linked) == [-1, -2]
    assert linked.wrong["row"].to_list() == [0, 1]
    assert not linked.identifiers.filter(value=WRONG_UPN).height, "two children claim it, so it is kept for neither"


def test_a_wrong_number_of_one_child_is_kept_as_written():
    linked = link(claims(("C1", WRONG_UPN, None, None)), owners())
    kept = linked.identifiers.filter(value=WRONG_UPN)
    assert kept["checked"].to_list() == [False]


def test_one_upn_of_two_case_ids_is_a_conflict_and_belongs_to_neither():
    linked = link(
        claims(("C1", GOOD_UPN, None, None), ("C2", GOOD_UPN, None, None), (None, GOOD_UPN, None, "S1")), owners()
    )
    assert children(linked) == [-1, -2, -3], "linked, never merged, and nobody lost"
    assert set(linked.conflicts["row"]) == {0, 1, 2}
    assert linked.identifiers.filter(value=GOOD_UPN).is_empty()


def test_a_upn_that_the_register_holds_stays_with_its_child():
    linked = link(
        claims(("C2", GOOD_UPN, None, None)),
        owners(("la_child_id", "C1", 7), ("upn", GOOD_UPN, 7), ("la_child_id", "C2", 8)),
    )
    assert children(linked) == [8]
    assert linked.conflicts["row"].to_list() == [0]


def test_two_numbers_of_two_children_are_not_applied():
    known = owners(("la_child_id", "C1", 7), ("upn", GOOD_UPN, 7), ("la_child_id", "C2", 8), ("nhs", GOOD_NHS, 8))
    linked = link(claims((None, GOOD_UPN, GOOD_NHS, "S1"), (None, GOOD_UPN, GOOD_NHS, None)), known)
    assert children(linked) == [-1, None]
    assert set(linked.conflicts["scheme"]) == {"upn", "nhs"}


def test_a_child_known_from_send_keeps_its_record_when_social_care_meets_it():
    known = owners(("send_id", "S1", 5), ("upn", GOOD_UPN, 5))
    linked = link(claims(("C9", GOOD_UPN, None, None)), known)
    assert children(linked) == [5]
    assert linked.identifiers.select("scheme", "value", "child").rows() == [("la_child_id", "C9", 5)]


def test_a_second_case_id_with_the_same_upn_is_another_child_and_named():
    known = owners(("la_child_id", "C1", 5), ("upn", GOOD_UPN, 5))
    linked = link(claims(("C9", GOOD_UPN, None, None)), known)
    assert children(linked) == [-1]
    assert linked.conflicts["value"].to_list() == [GOOD_UPN]


def test_numbers_spread_along_rows_until_nothing_moves():
    linked = link(
        claims(("C1", None, GOOD_NHS, None), (None, OTHER_UPN, GOOD_NHS, "S1"), (None, OTHER_UPN, None, "S2")), owners()
    )
    assert children(linked) == [-1, -1, -1]


def test_a_row_that_says_nothing_has_no_child():
    assert children(link(claims((None, None, None, None)), owners())) == [None]


def test_no_rows_link_to_nothing():
    linked = link(claims(), owners(("la_child_id", "C1", 7)))
    assert linked.rows.is_empty()
    assert linked.new.is_empty()


def test_what_no_identifier_links_goes_to_the_matcher():
    asked = []

    def match(rows):
        asked.extend(rows["send_id"].to_list())
        return rows.filter(send_id="S2").select("row", pl.lit(7, pl.Int64).alias("child"))

    known = owners(("la_child_id", "C1", 7))
    linked = link(
        claims(("C1", None, None, None), (None, None, None, "S1"), (None, None, None, "S2")), known, match=match
    )
    assert sorted(asked) == ["S1", "S2"]
    assert children(linked) == [7, -1, 7]


def said(*rows):
    schema = {
        "child": pl.Int64,
        "sex": pl.String,
        "trusted": pl.Boolean,
        "file": pl.String,
        "sheet": pl.String,
        "row": pl.Int64,
    }
    return pl.DataFrame([(*row, "f", "", nth) for nth, row in enumerate(rows)], schema=schema, orient="row")


def test_the_value_that_most_rows_give_is_kept():
    kept, disputed = agree(said((1, "F", True), (1, "M", False), (1, "M", False), (2, None, True)), "sex")
    assert kept.rows() == [(1, "M")]
    assert disputed.select("child", "row", "found", "kept").rows() == [(1, 0, "F", "M")]


def test_of_two_values_given_equally_often_the_person_table_decides():
    kept, _ = agree(said((1, "M", True), (1, "F", False)), "sex")
    assert kept.rows() == [(1, "M")]


def test_without_a_person_table_the_smaller_value_is_kept_whatever_the_order():
    forward, _ = agree(said((1, "M", False), (1, "F", False)), "sex")
    backward, _ = agree(said((1, "F", False), (1, "M", False)), "sex")
    assert forward.rows() == backward.rows() == [(1, "F")]
