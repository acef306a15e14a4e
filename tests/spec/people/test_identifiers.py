"""Check digits of UPN and NHS numbers (RULES §6): the published test values, one by one and as columns."""

import polars as pl
import pytest

from keepsight.core.people.identifiers import is_nhs_number, is_nhs_number_expr, is_upn, is_upn_expr, plain_expr
from tests.tables import ids, table

UPNS = table("""
    upn           || right
    A950000178301 || yes
    H243278544154 || yes
    R247962919251 || no
    X428558133462 || no
    A950000178310 || no
    a950000178301 || no
    I950000178301 || no
    A95000017830  || no
    A9500001783011|| no
    A95000O178301 || no
""")
NHS = table("""
    number      || right
    9434765919  || yes
    9990000018  || yes
    9434765918  || no
    943476591   || no
    94347659190 || no
    9434 765919 || no
""")


@pytest.mark.parametrize("row", UPNS, ids=ids(UPNS))
def test_a_upn_is_judged_by_form_and_check_letter(row):
    assert is_upn(row["upn"]) == (row["right"] == "yes")


@pytest.mark.parametrize("row", NHS, ids=ids(NHS))
def test_an_nhs_number_is_judged_by_its_check_digit(row):
    assert is_nhs_number(row["number"]) == (row["right"] == "yes")


def test_whole_columns_are_judged_as_single_values_are():
    upns = [row["upn"] for row in UPNS] + [None, ""]
    numbers = [row["number"] for row in NHS] + [None, ""]
    assert pl.DataFrame({"upn": upns}).select(is_upn_expr("upn"))["upn"].to_list() == [is_upn(upn) for upn in upns]
    judged = pl.DataFrame({"nhs": numbers}).select(is_nhs_number_expr("nhs"))["nhs"].to_list()
    assert judged == [is_nhs_number(number) for number in numbers]


def test_a_number_whose_check_would_be_ten_is_invalid():
    nine = "100000001"  # 10 + 2 = 12; 11 − 12 mod 11 = 10
    assert not any(is_nhs_number(f"{nine}{digit}") for digit in "0123456789")


def test_a_temporary_upn_ends_in_a_letter():
    body = "95000017830"
    right = [f"{first}{body}A" for first in "ABCDEFGHJKLMNPQRTUVWXYZ" if is_upn(f"{first}{body}A")]
    assert len(right) == 1


def test_plain_identifiers_have_no_spaces_and_unknown_ones_are_nothing():
    written = pl.DataFrame({"upn": [" a950000178301 ", "943 476 5919", "UN1", "un5", "  ", None, "UN6"]})
    assert written.select(plain_expr("upn"))["upn"].to_list() == [
        "A950000178301", "9434765919", None, None, None, None, "UN6",
    ]  # fmt: skip
