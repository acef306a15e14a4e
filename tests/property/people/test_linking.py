"""Laws of linking: nobody is lost or merged, and neither the order of rows nor a second time changes anything."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.people.linking import OWNERS, link

_CASES = ["C1", "C2", "C3", None]
_UPNS = ["A950000178301", "H243278544154", "R247962919251", None]
_NHS = ["9434765919", "9990000018", "9434765918", None]
_SEND = ["S1", "S2", "S3", None]
_CLAIM = {"row": pl.Int64, "child_id": pl.String, "upn": pl.String, "nhs_number": pl.String, "send_id": pl.String}
EMPTY = pl.DataFrame(schema={**OWNERS, "checked": pl.Boolean})

rows = st.lists(
    st.tuples(st.sampled_from(_CASES), st.sampled_from(_UPNS), st.sampled_from(_NHS), st.sampled_from(_SEND)),
    max_size=9,
)

LAW = settings(deadline=None, max_examples=40)


def claims(said, order=None):
    numbered = [(nth, *row) for nth, row in enumerate(said)]
    return pl.DataFrame([numbered[nth] for nth in order or range(len(said))], schema=_CLAIM, orient="row")


def whose(linked):
    return dict(linked.rows.rows())


def register(linked):
    """What the register holds after the first time: new children get numbers from 100 on."""
    return linked.identifiers.select(pl.exclude("row")).with_columns(pl.col("child").abs() + 100).select(EMPTY.columns)


@LAW
@given(rows)
def test_nobody_is_lost(said):
    linked = link(claims(said), EMPTY)
    named = set(linked.conflicts["row"]) | set(linked.wrong["row"])
    for row, child in linked.rows.rows():
        assert child is not None or not any(said[row]) or row in named
        if said[row][0]:
            assert child is not None, "a row with a child id always has a child"


@LAW
@given(rows)
def test_each_case_id_is_one_child_and_two_are_never_merged(said):
    linked = link(claims(said), EMPTY)
    by_case = {}
    for row, child in linked.rows.rows():
        if said[row][0]:
            by_case.setdefault(said[row][0], set()).add(child)
    assert all(len(children) == 1 for children in by_case.values())
    assert len({next(iter(children)) for children in by_case.values()}) == len(by_case)


@LAW
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(said, random):
    order = list(range(len(said)))
    random.shuffle(order)
    assert whose(link(claims(said), EMPTY)) == whose(link(claims(said, order), EMPTY))


@LAW
@given(rows)
def test_linking_again_changes_nothing(said):
    first = link(claims(said), EMPTY)
    again = link(claims(said), register(first))
    assert again.new.is_empty()
    assert again.identifiers.is_empty()
    moved = {row: None if child is None else abs(child) + 100 for row, child in whose(first).items()}
    assert whose(again) == moved


@LAW
@given(rows)
def test_every_identifier_has_one_child(said):
    linked = link(claims(said), EMPTY)
    assert not linked.identifiers.select("scheme", "value").is_duplicated().any()


@LAW
@given(rows)
def test_a_number_is_applied_or_named(said):
    """Every valid number of a row leads to the row's own child, or stands in a conflict."""
    linked = link(claims(said), EMPTY)
    owner = {
        (scheme, value): child for scheme, value, child in linked.identifiers.select("scheme", "value", "child").rows()
    }
    conflicts = set(linked.conflicts.rows())
    wrong = set(linked.wrong.rows())
    for row, child in linked.rows.rows():
        for scheme, value in zip(("la_child_id", "upn", "nhs", "send_id"), said[row], strict=True):
            if value is None or (row, scheme, value) in wrong:
                continue
            assert owner.get((scheme, value)) == child or (row, scheme, value) in conflicts
