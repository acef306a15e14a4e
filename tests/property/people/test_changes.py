"""Laws of telling changes apart: every row in one kind, and applying them makes the register say what the file says."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.people.changes import compare, keep_fullest

_VALUE = st.sampled_from(["x", "y", None])
said = st.dictionaries(st.sampled_from("abcdef"), st.tuples(_VALUE, _VALUE), max_size=6)


def frame(rows, *, ids):
    numbered = [(*([nth + 1] if ids else []), key, *values) for nth, (key, values) in enumerate(rows.items())]
    names = [*(["id"] if ids else []), "key", "one", "ended"]
    schema = {name: pl.Int64 if name == "id" else pl.String for name in names}
    return pl.DataFrame(numbered, schema=schema, orient="row")


def told(new, old):
    return compare(frame(new, ids=False), frame(old, ids=True), key=["key"], values=["one", "ended"], ends="ended")


@settings(deadline=None, max_examples=50)
@given(said, said)
def test_every_row_is_in_exactly_one_kind(new, old):
    changes = told(new, old)
    kinds = [set(getattr(changes, kind)["key"]) for kind in ("new", "changed", "ended", "unchanged")]
    assert sum(len(kind) for kind in kinds) == len(new)
    assert set().union(*kinds) == set(new)
    assert set(changes.not_in_file["key"]) == set(old) - set(new)


@settings(deadline=None, max_examples=50)
@given(said, said)
def test_applying_the_changes_gives_what_the_file_says_and_before_brings_it_back(new, old):
    changes = told(new, old)
    after = dict(old)
    for kind in (changes.new, changes.changed, changes.ended):
        after |= {row["key"]: (row["one"], row["ended"]) for row in kind.to_dicts()}
    assert {key: after[key] for key in new} == new
    assert not [
        kind for kind, count in told(new, after).counts.items() if count and kind not in ("unchanged", "not_in_file")
    ]
    keys = {nth + 1: key for nth, key in enumerate(old)}
    for row in changes.before.to_dicts():
        after[keys[row["id"]]] = (row["one"], row["ended"])
    assert {key: after[key] for key in old} == old


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("ab"), _VALUE, _VALUE), max_size=7), st.randoms(use_true_random=False))
def test_which_row_is_kept_does_not_hang_on_the_order(rows, random):
    def kept(these):
        made = pl.DataFrame(these, schema={"key": pl.String, "one": pl.String, "two": pl.String}, orient="row")
        keep, left = keep_fullest(made, ["key"])
        assert keep.height + left.height == made.height
        assert not keep["key"].is_duplicated().any()
        return sorted(keep.rows(), key=str)

    mixed = list(rows)
    random.shuffle(mixed)
    assert kept(rows) == kept(mixed)
