"""The children themselves: who they are, settled from all the rows that speak of them."""

import polars as pl

from keepsight import rows
from keepsight.apps.intake import findings
from keepsight.apps.intake.columns import PLACE
from keepsight.apps.intake.whose import ABOUT_CHILDREN
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.people.models import Child
from keepsight.core.people.changes import keep_fullest
from keepsight.core.people.linking import agree

_SAID = ("sex", "ethnicity", "date_of_birth", "disabled", "uasc")
_NAMED = ("forename", "surname", "expected_on", "died_on")
_SETTLED = {"date_of_birth": "Date of birth", "sex": "Sex", "ethnicity": "Ethnicity"}
_UNKNOWN = {"sex": "U"}
VALUES = (*_NAMED, *_SAID, "record_class", "district_id")
RESTRICTED = "restricted"


def load_children(work: Work) -> None:
    """Bring ``Child`` to what all lists together say."""
    persons = work.frames.get("persons")
    if persons is not None:
        kept, repeated = keep_fullest(persons, ["child_id"], ignore=PLACE)
        work.name_repeats("children", repeated)
        work.loaded.append(kept.select(PLACE))
        work.frames["persons"] = kept
    said = _said(work)
    if said.is_empty():
        return
    work.put(CHILDREN, said)


def _shape(work: Work, said: pl.DataFrame) -> pl.DataFrame:
    """One row a child. What a delivery does not say stays as the register has it."""
    children = said.select(id="child").unique().sort("id")
    for column, label in _SETTLED.items():
        unknown = _UNKNOWN.get(column)
        one = said.filter(pl.col(column) != unknown) if unknown else said
        kept, disputed = agree(one, column)
        _name_disputes(work, disputed, label)
        children = children.join(kept.rename({"child": "id"}), on="id", how="left")
    unknown = said.group_by(id="child").agg((pl.col("sex") == "U").any().alias("_u"))
    children = children.join(unknown, on="id", how="left").with_columns(
        pl.when(pl.col("sex").is_null() & pl.col("_u")).then(pl.lit("U")).otherwise(pl.col("sex")).alias("sex")
    )
    flags = [pl.col(name).filter(pl.col(name).is_not_null()).any().alias(name) for name in ("disabled", "uasc")]
    told = [pl.col(name).is_not_null().any().alias(f"_{name}") for name in ("disabled", "uasc")]
    settled = said.group_by(id="child").agg(*flags, *told).with_columns(
        pl.when(pl.col(f"_{name}")).then(pl.col(name)).alias(name) for name in ("disabled", "uasc")
    )  # fmt: skip
    children = children.join(settled.select("id", "disabled", "uasc"), on="id", how="left")
    children = children.join(_names(said), on="id", how="left").join(_places(said), on="id", how="left")
    children = children.join(_districts(work), on="id", how="left").join(_restricted(work), on="id", how="left")
    return _over_register(work, children).select("id", *VALUES, *PLACE)


def _said(work: Work) -> pl.DataFrame:
    """What every row says of its child, one frame of all lists, the person table first."""
    parts = []
    wanted = {**dict.fromkeys(("sex", "ethnicity", "forename", "surname"), pl.String), "date_of_birth": pl.Date,
              "expected_on": pl.Date, "died_on": pl.Date, "disabled": pl.Boolean, "uasc": pl.Boolean}  # fmt: skip
    for order, contract in enumerate(ABOUT_CHILDREN):
        frame = work.frames.get(contract.name)
        if frame is None or frame.is_empty():
            continue
        columns = [
            pl.col(name) if name in frame.columns else pl.lit(None, dtype).alias(name) for name, dtype in wanted.items()
        ]
        parts.append(
            frame.select(
                pl.col("child_id").alias("child"), *columns, *PLACE,
                pl.lit(order == 0).alias("trusted"), pl.lit(order).alias("order"),
            )
        )  # fmt: skip
    return pl.concat(parts) if parts else pl.DataFrame(schema={"child": pl.Int64})


def _names(said: pl.DataFrame) -> pl.DataFrame:
    """Names and days as the first list gives them that has any: the person table, then the SEND register."""
    ordered = said.sort("child", "order", *PLACE)
    return ordered.group_by(pl.col("child").alias("id"), maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in _NAMED
    )


def _places(said: pl.DataFrame) -> pl.DataFrame:
    """The row that the child's record is said to come from."""
    return said.sort("child", "order", *PLACE).unique("child", keep="first").select(pl.col("child").alias("id"), *PLACE)


def _districts(work: Work) -> pl.DataFrame:
    """District of the newest address that is open."""
    addresses = work.maps.get("placed_addresses")
    if addresses is None:
        return pl.DataFrame(schema={"id": pl.Int64, "district_id": pl.Int64})
    open_ = addresses.filter(pl.col("ended_on").is_null() & pl.col("district_id").is_not_null())
    newest = open_.sort("child_id", "started_on", "district_id", descending=[False, True, False], nulls_last=True)
    return newest.unique("child_id", keep="first").select(id="child_id", district_id="district_id")


def _restricted(work: Work) -> pl.DataFrame:
    """
    Children of the adoption list: a restricted record (RULES §5).

    Also new children who came by a number that an adoption order closed. Nothing leads from them
    to the record that had it, and until somebody has looked, nobody outside their list reads them.
    """
    children = [work.maps["by_closed"]] if "by_closed" in work.maps else []
    frame = work.frames.get("adoption")
    if frame is not None:
        children.append(frame.select(id="child_id"))
    every = pl.concat(children) if children else pl.DataFrame(schema={"id": pl.Int64})
    return every.unique().with_columns(pl.lit(RESTRICTED).alias("record_class"))


def _over_register(work: Work, children: pl.DataFrame) -> pl.DataFrame:
    held = rows.read(Child.objects.filter(authority=work.authority), ["id", *VALUES])
    text = [pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in ("forename", "surname", "sex", "ethnicity")]
    both = children.join(held.with_columns(text), on="id", how="left", suffix="_held")
    return both.with_columns(
        *(pl.coalesce(name, f"{name}_held").alias(name) for name in VALUES if name != "record_class"),
        # a class that somebody set by hand is never loosened by a file
        pl.when(pl.col("record_class_held").fill_null("standard") == "standard")
        .then(pl.coalesce("record_class", pl.lit("standard")))
        .otherwise(pl.col("record_class_held"))
        .alias("record_class"),
    )


def _name_disputes(work: Work, disputed: pl.DataFrame, label: str) -> None:
    work.named.append(
        findings.of_rows(
            disputed, code="conflicting", severity="warning", column=label, found=pl.col("found"),
            expected="The same in every list.",
            done=pl.format("Kept {}: most rows say so, or the person table does.", pl.col("kept")),
        )
    )  # fmt: skip
    work.count("children", conflicting=disputed.height)


CHILDREN = Target(
    name="children",
    model=Child,
    key=("id",),
    values=VALUES,
    shape=_shape,
    mine=lambda work: Child.objects.filter(authority=work.authority),
)
