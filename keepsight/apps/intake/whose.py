"""Whose row is it: every row of every list about children gets its child before anything is loaded."""

import polars as pl

from keepsight import rows
from keepsight.apps.intake import findings
from keepsight.apps.intake.columns import PLACE
from keepsight.apps.intake.work import Work
from keepsight.apps.people.destroyed import destroyed_among
from keepsight.apps.people.models import Child, Identifier
from keepsight.core.formats import frames as lists
from keepsight.core.people.identifiers import plain_expr
from keepsight.core.people.linking import link
from keepsight.core.terms import IdentifierScheme

ABOUT_CHILDREN = (
    lists.PERSONS, *(contract for contract in lists.ANNEX_A if contract is not lists.ADOPTERS), lists.FAMILIES,
    lists.ADDRESSES, lists.VISITS, lists.ASSESSMENT_FACTORS, lists.MISSING_EPISODES, lists.ALERTS, lists.RAG_TRACKER,
    lists.EHC_PLANS,
)  # fmt: skip
_CLAIMS = ("child_id", "upn", "nhs_number", "send_id")
_SAYS = {
    IdentifierScheme.LA_CHILD_ID: "Child id",
    IdentifierScheme.UPN: "UPN",
    IdentifierScheme.NHS: "NHS number",
    IdentifierScheme.SEND_ID: "SEND id",
}


def link_rows(work: Work) -> None:
    """
    Give every row about a child its child, and make the identifiers that are new.

    Afterwards ``child_id`` of these frames is the number of the child, and ``maps["new_children"]``
    names those whom the register does not have yet.
    """
    names = [contract.name for contract in ABOUT_CHILDREN if contract.name in work.frames]
    claims, at = [], 0
    for name in names:
        frame = work.frames[name].with_row_index("_row", offset=at).with_columns(pl.col("_row").cast(pl.Int64))
        at += frame.height
        work.frames[name] = frame
        given = [plain_expr(c) if c in frame.columns else pl.lit(None, pl.String).alias(c) for c in _CLAIMS]
        claims.append(frame.select(pl.col("_row").alias("row"), *given))
    numbers = Identifier.objects.filter(authority=work.authority)
    held = rows.read(numbers.filter(closed_on=None), ["scheme", "value", "child_id", "checked"])
    owners = held.rename({"child_id": "child"})
    if not claims:
        work.maps["new_children"] = pl.DataFrame(schema={"id": pl.Int64})
        work.maps["pupils"] = _pupils(owners)
        return
    linked = link(pl.concat(claims), owners)
    start = rows.next_id(Child)
    number = pl.when(pl.col("child") < 0).then(start - 1 - pl.col("child")).otherwise(pl.col("child")).alias("child")
    whose = linked.rows.with_columns(number).rename({"row": "_row", "child": "child_number"})
    places = pl.concat([work.frames[name].select("_row", *PLACE) for name in names])
    for name in names:
        frame = work.frames[name].join(whose, on="_row", how="left", maintain_order="left").drop("_row")
        nobody = pl.col("child_number").is_null()
        frame = work.leave_out(
            name, frame, nobody, code="no_child", expected="An id that says who the child is, and only one child."
        )
        case_id = {"child_id": "case_id"} if "child_id" in frame.columns else {}
        work.frames[name] = frame.rename({**case_id, "child_number": "child_id"})
    _name_troubles(work, linked.conflicts, linked.wrong, places)
    new = linked.new.with_columns(number).select(id="child").sort("id")
    work.maps["new_children"] = new
    closed = rows.read(numbers.exclude(closed_on=None), ["scheme", "value"])
    by_closed = linked.identifiers.filter(pl.col("child") < 0).join(closed, on=["scheme", "value"], how="semi")
    work.maps["by_closed"] = by_closed.with_columns(number).select(id="child").unique()
    work.maps["new_identifiers"] = linked.identifiers.with_columns(number).join(
        places.rename({"row": "source_row"}), left_on="row", right_on="_row", how="left", maintain_order="left"
    )
    known = pl.concat([owners, work.maps["new_identifiers"].select(owners.columns)])
    work.maps["pupils"] = _pupils(known)


def load_identifiers(work: Work, frame: pl.DataFrame) -> None:
    """Write the identifiers that linking found. Called when the children themselves are there."""
    new = frame.select(
        pl.col("child").alias("child_id"), "scheme", "value", "checked", "file", "sheet",
        pl.col("source_row").alias("row"),
    )  # fmt: skip
    work.insert(Identifier, new)
    work.count("identifiers", new=new.height)
    _name_destroyed(work, new)


def _name_destroyed(work: Work, new: pl.DataFrame) -> None:
    """Say when a number of a destroyed record is in a file again. The number itself stands in no finding."""
    back = destroyed_among(work.authority, new.select("scheme", "value").iter_rows())
    if not back:
        return
    days = {number: f"{on:%d/%m/%Y}" for number, on in back.items()}
    found = new.with_columns(
        pl.Series("_on", [days.get(number) for number in new.select("scheme", "value").iter_rows()], dtype=pl.String),
        pl.col("scheme").replace_strict(_SAYS, default=pl.col("scheme")).alias("called"),
    ).filter(pl.col("_on").is_not_null())
    work.named.append(
        findings.of_rows(
            found, code="destroyed_before", severity="warning", column=pl.col("called"),
            expected="A number of no record that was destroyed.",
            done=pl.format(
                "Loaded as a new record. A record with this number was destroyed on {}: take it out of the system "
                "that it came from, or ask information governance.", pl.col("_on"),
            ),
        )
    )  # fmt: skip


def _pupils(known: pl.DataFrame) -> pl.DataFrame:
    """Which child has which UPN; only UPNs whose check letter is right."""
    right = known.filter((pl.col("scheme") == IdentifierScheme.UPN) & pl.col("checked"))
    return right.select(upn="value", child_id="child")


def _name_troubles(work: Work, conflicts: pl.DataFrame, wrong: pl.DataFrame, places: pl.DataFrame) -> None:
    def placed(frame: pl.DataFrame) -> pl.DataFrame:
        found = frame.rename({"row": "_row"}).join(places, on="_row", how="left", maintain_order="left")
        return found.with_columns(pl.col("scheme").replace_strict(_SAYS, default=pl.col("scheme")).alias("called"))

    conflicts, wrong = placed(conflicts), placed(wrong)
    work.named.append(
        findings.of_rows(
            conflicts, code="conflicting_id", severity="warning", column=pl.col("called"), found=pl.col("value"),
            expected="A number that only one child has.",
            done="Not used for this child, because another child has it too. Put it right in the system that it came from.",  # noqa: E501
        )
    )  # fmt: skip
    work.named.append(
        findings.of_rows(
            wrong, code="check_digit", severity="warning", column=pl.col("called"), found=pl.col("value"),
            expected="A number whose check digit is right.", done="Kept as written and not used to link.",
        )
    )  # fmt: skip
    work.count("identifiers", conflicting=conflicts.height)
