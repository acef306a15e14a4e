"""The tables that say what each list looks like hold together."""

import pytest

from keepsight.core.formats import CONTRACTS, FRAMES
from keepsight.core.formats.cells import expected
from keepsight.core.formats.codes import code_lists
from keepsight.core.formats.columns import dtype_of
from keepsight.core.formats.layouts import tables

DERIVED = {
    "settings": {"phase"},
    "enrolments": {"fsm", "postcode", "left_on"},
}


@pytest.mark.parametrize("table", tables(), ids=lambda one: one.name)
def test_table(table):
    names = {one.name for one in table.fields}
    assert {*table.key, *table.marks, *table.once, *table.one_of} <= names
    assert CONTRACTS[table.frame] in FRAMES[table.kind]
    contract = CONTRACTS[table.frame]
    filled = names | set(table.fixed) | DERIVED.get(table.frame, set()) | {"file", "sheet", "row"}
    later = {"mode"} if table.frame == "visits" else set()
    assert set(contract.names) - filled - later == set()


@pytest.mark.parametrize("table", tables(), ids=lambda one: one.name)
def test_each_column_has_a_type_and_a_sentence(table):
    for one in table.fields:
        assert expected(one.type).endswith(".")
        same = [column for column in CONTRACTS[table.frame].columns if column.name == one.name]
        if same and one.type != "factors":
            assert dtype_of(one) == same[0].dtype, one.name


def test_headings_of_a_list_name_one_column_each():
    for table in tables():
        written = [heading for one in table.fields for heading in (one.header, *one.also)]
        assert len(table.headings) == len(written), table.name


def test_labels_stand_for_one_code():
    for code_list in code_lists().values():
        assert set(code_list.letters.values()) <= set(code_list.labels.values())
