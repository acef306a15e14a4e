"""
Linking: rows of all lists to one register of children, by identifiers. Linked, never merged.

The rules, in order:

1. The id of the system that wrote the row comes first: the case system's child id, or the SEND
   system's id where the register knows it. Each child id is one child, always.
2. A child id that the register does not know yet links to the one known child who has the UPN or
   NHS number that comes with it, if that child has no child id yet.
3. A row without a child id links to the child who has its UPN or its NHS number. Where the two
   point to two children, neither is applied and the conflict is named.
4. A UPN or NHS number that two children claim is a conflict: it stays with the child who has it
   already, or with nobody, and the conflict is named.
5. What no identifier links goes to ``match`` (no matching by name and birthday yet), and then
   makes a new child: one for each UPN, else NHS number, else SEND id.

Numbers with a wrong check digit and former UPNs link nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from keepsight.core.people.identifiers import is_nhs_number_expr, is_upn_expr
from keepsight.core.terms import IdentifierScheme

CASE, UPN, NHS, SEND = (
    IdentifierScheme.LA_CHILD_ID,
    IdentifierScheme.UPN,
    IdentifierScheme.NHS,
    IdentifierScheme.SEND_ID,
)
_COLUMNS = {"child_id": CASE, "upn": UPN, "nhs_number": NHS, "send_id": SEND}
_PAIR = ["scheme", "value"]
OWNERS: dict[str, type[pl.DataType]] = {"scheme": pl.String, "value": pl.String, "child": pl.Int64}
_CONFLICTS: dict[str, type[pl.DataType]] = {"row": pl.Int64, "scheme": pl.String, "value": pl.String}

Match = Callable[[pl.DataFrame], pl.DataFrame]


def nobody(rows: pl.DataFrame) -> pl.DataFrame:
    """Match no row: the place where matching by name, birthday and address will stand."""
    return rows.clear().select("row", pl.lit(None, dtype=pl.Int64).alias("child"))


@dataclass(frozen=True)
class Linked:
    """
    Who each row is about.

    Parameters
    ----------
    rows : DataFrame
        ``row``, ``child``: the number of a known child, or below 0 for a new one; null where
        nothing in the row says who it is.
    new : DataFrame
        ``child``, ``scheme``, ``value``: each new child with the identifier that made it,
        numbered −1, −2, … by scheme and value.
    identifiers : DataFrame
        ``scheme``, ``value``, ``child``, ``checked``, ``row``: identifiers that the register does
        not hold yet, with the first row that says so. Those with a wrong check digit have
        ``checked`` false and link nothing.
    conflicts : DataFrame
        ``row``, ``scheme``, ``value``: identifiers that were not applied, because they point to
        another child.
    wrong : DataFrame
        ``row``, ``scheme``, ``value``: numbers whose check digit is wrong.
    """

    rows: pl.DataFrame
    new: pl.DataFrame
    identifiers: pl.DataFrame
    conflicts: pl.DataFrame
    wrong: pl.DataFrame


def link(claims: pl.DataFrame, owners: pl.DataFrame, *, match: Match = nobody) -> Linked:
    """
    Link every row to a child.

    Parameters
    ----------
    claims : DataFrame
        One row a row of any list: ``row`` (Int64, unique), ``child_id``, ``upn``, ``nhs_number``,
        ``send_id`` (String without spaces, upper case; null where the row has none).
    owners : DataFrame
        Identifiers that the register holds: ``scheme``, ``value``, ``child``, ``checked``.
    match : function
        Takes the claims that no identifier linked to a known child; gives ``row`` and ``child``
        for those that it is sure of.

    Notes
    -----
    The order of the rows changes nothing. Linking the same rows again, with the identifiers that
    the first time found, makes no new child and moves no row.
    """
    said, wrong = _said(claims)
    work = _Work(said, owners.filter(pl.col("checked")).select(list(OWNERS)))
    work.cases()
    work.spread()
    work.settle(match(claims.filter(~pl.col("row").is_in(work.linked["row"].implode()))).select("row", "child"))
    work.spread()
    for scheme in (UPN, NHS, SEND):
        work.make(scheme)
        work.spread()
    rows = claims.select("row").join(work.linked, on="row", how="left", maintain_order="left")
    return Linked(
        rows=rows,
        new=work.new,
        identifiers=_to_keep(said, wrong, work, owners),
        conflicts=work.conflicts().unique().sort("row", "scheme"),
        wrong=wrong,
    )


def _said(claims: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the identifiers of each row, one a line: those that may link, and those that are wrong."""
    right = claims.with_columns(is_upn_expr("upn").alias("_upn"), is_nhs_number_expr("nhs_number").alias("_nhs"))
    parts = [
        right.select(
            "row",
            pl.lit(str(scheme)).alias("scheme"),
            pl.col(column).alias("value"),
            {UPN: pl.col("_upn"), NHS: pl.col("_nhs")}.get(scheme, pl.lit(True)).alias("right"),
        )
        for column, scheme in _COLUMNS.items()
    ]
    every = pl.concat(parts).filter(pl.col("value").is_not_null())
    return every.filter(pl.col("right")).drop("right"), every.filter(~pl.col("right")).drop("right")


class _Work:
    """The register's identifiers as they grow while rows are linked."""

    def __init__(self, said: pl.DataFrame, owners: pl.DataFrame) -> None:
        self.said = said
        self.owners = owners
        self.linked = pl.DataFrame(schema={"row": pl.Int64, "child": pl.Int64})
        self.new = pl.DataFrame(schema={"child": pl.Int64, "scheme": pl.String, "value": pl.String})
        self.contested = pl.DataFrame(schema={"scheme": pl.String, "value": pl.String})

    def cases(self) -> None:
        """Rules 1 and 2: every child id is one child, known by itself, by its numbers, or new."""
        of_row = self.said.filter(pl.col("scheme") == CASE).select("row", case="value")
        numbers = (
            self.said.filter(pl.col("scheme").is_in([UPN, NHS])).join(of_row, on="row").select(*_PAIR, "case").unique()
        )
        numbers = numbers.filter(pl.col("case").n_unique().over(_PAIR) == 1)
        known = self.owners.filter(pl.col("scheme") == CASE).select(case="value", child="child")
        unknown = of_row.select("case").unique().join(known, on="case", how="anti")
        free = self.owners.join(known, on="child", how="anti")
        found = numbers.join(unknown, on="case").join(free, on=_PAIR).select("case", "child").unique()
        sure = (pl.col("child").n_unique().over("case") == 1) & (pl.col("case").n_unique().over("child") == 1)
        found = found.filter(sure)
        self._own(found.select(pl.lit(str(CASE)).alias("scheme"), pl.col("case").alias("value"), "child"))
        self._make(unknown.join(found, on="case", how="anti").select(pl.lit(str(CASE)).alias("scheme"), value="case"))
        whose = self.owners.filter(pl.col("scheme") == CASE).select(case="value", child="child")
        self.settle(of_row.join(whose, on="case").select("row", "child"))

    def spread(self) -> None:
        """Give linked rows' other identifiers to their children, and link by those, until nothing moves."""
        while True:
            before = self.linked.height
            self._attach()
            self.settle(self._found())
            if self.linked.height == before:
                return

    def make(self, scheme: str) -> None:
        """Rule 5: a new child for each value of a scheme among the rows that are left."""
        values = self._left().filter(pl.col("scheme") == scheme).select(_PAIR).unique()
        values = values.join(self.contested, on=_PAIR, how="anti").join(self.owners, on=_PAIR, how="anti")
        made = self._make(values)
        left = self._left().join(made.select(*_PAIR, "child"), on=_PAIR)
        self.settle(left.select("row", "child"))

    def conflicts(self) -> pl.DataFrame:
        """Identifiers of a row that point to another child than the row's own."""
        held = self.said.join(self.linked, on="row", how="left").join(
            self.owners.rename({"child": "owner"}), on=_PAIR, how="left"
        )
        contested = self.said.join(self.contested, on=_PAIR, how="semi").select(list(_CONFLICTS))
        elsewhere = held.filter(pl.col("owner").is_not_null() & pl.col("owner").ne_missing(pl.col("child")))
        return pl.concat([elsewhere.select(list(_CONFLICTS)), contested])

    def settle(self, found: pl.DataFrame) -> None:
        """Remember who rows are about; what is settled stays so."""
        fresh = found.unique(subset="row").join(self.linked, on="row", how="anti")
        self.linked = pl.concat([self.linked, fresh.select("row", "child")])

    def _left(self) -> pl.DataFrame:
        return self.said.join(self.linked, on="row", how="anti")

    def _found(self) -> pl.DataFrame:
        """Rows left whose SEND id, or whose UPN and NHS number together, name one child."""
        held = self._left().join(self.owners, on=_PAIR)
        by_own = held.filter(pl.col("scheme") == SEND).select("row", "child")
        by_number = held.filter(pl.col("scheme").is_in([UPN, NHS])).join(by_own, on="row", how="anti")
        by_number = by_number.select("row", "child").unique().filter(pl.len().over("row") == 1)
        return pl.concat([by_own, by_number])

    def _attach(self) -> None:
        """Rule 4: a number that one child claims is theirs; one that two claim is nobody's."""
        claimed = self.said.join(self.linked, on="row").select(*_PAIR, "child").unique()
        claimed = claimed.join(self.owners.select(_PAIR), on=_PAIR, how="anti").join(
            self.contested, on=_PAIR, how="anti"
        )
        one = pl.len().over(_PAIR) == 1
        self._own(claimed.filter(one))
        self.contested = pl.concat([self.contested, claimed.filter(~one).select(_PAIR).unique()])

    def _own(self, pairs: pl.DataFrame) -> None:
        self.owners = pl.concat([self.owners, pairs.select(list(OWNERS))])

    def _make(self, values: pl.DataFrame) -> pl.DataFrame:
        """Number new children in the order of their identifiers."""
        made = values.sort(_PAIR).with_columns(
            (-pl.int_range(1, pl.len() + 1, dtype=pl.Int64) - self.new.height).alias("child")
        )
        self.new = pl.concat([self.new, made.select("child", *_PAIR)])
        self._own(made)
        return made


def _to_keep(said: pl.DataFrame, wrong: pl.DataFrame, work: _Work, owners: pl.DataFrame) -> pl.DataFrame:
    """Identifiers to add: those that found their child, and wrong ones that only one child claims."""
    first = said.group_by(_PAIR).agg(pl.col("row").min())
    right = work.owners.join(owners, on=_PAIR, how="anti").join(first, on=_PAIR)
    right = right.with_columns(pl.lit(True).alias("checked"))
    written = (
        wrong.join(work.linked, on="row")
        .group_by(_PAIR)
        .agg(pl.col("child").first(), pl.col("child").n_unique().alias("claims"), pl.col("row").min())
    )
    written = written.filter(pl.col("claims") == 1).join(owners, on=_PAIR, how="anti")
    written = written.with_columns(pl.lit(False).alias("checked"))
    columns = [*OWNERS, "checked", "row"]
    every = pl.concat([right.select(columns), written.select(columns)])
    return every.sort("child", "scheme", "value", descending=[True, False, False])


def agree(said: pl.DataFrame, column: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Settle what several rows say of the same child.

    The value that most rows give is kept; of two given equally often, the one that the case
    system's person table gives; and then the smaller one.

    Parameters
    ----------
    said : DataFrame
        ``child``, ``column``, ``trusted`` (Boolean: from the person table), ``file``, ``sheet``,
        ``row``.
    column : name
        The column to settle; null says nothing.

    Returns
    -------
    kept : DataFrame
        ``child`` and ``column``, one row a child of whom any row says something.
    disputed : DataFrame
        ``child``, ``file``, ``sheet``, ``row``, ``found``, ``kept`` (text): every value that was
        not kept, with the first place where it stands.
    """
    place = ["file", "sheet", "row"]
    values = (
        said.filter(pl.col(column).is_not_null())
        .group_by("child", column)
        .agg(pl.len().alias("times"), pl.col("trusted").any(), pl.struct(place).min_by(pl.struct(place)).alias("place"))
        .sort("child", "times", "trusted", column, descending=[False, True, True, False])
    )
    kept = values.unique(subset="child", keep="first", maintain_order=True).select("child", column)
    disputed = values.join(kept.rename({column: "kept"}), on="child").filter(pl.col(column) != pl.col("kept"))
    disputed = disputed.unnest("place").select(
        "child", *place, pl.col(column).cast(pl.String).alias("found"), pl.col("kept").cast(pl.String)
    )
    return kept, disputed
