"""
Rows of the register as analysts see them: this app's one door to the core.

No name, number, UPN, postcode, worker or free text is read here. Restricted records are left out:
only those on their list may see that such a row is there (RULES §5), and so is the reader's own record or a
relative's, which they would know by its month and area. Where the place is
confidential, or the record begins after an adoption, area and deprivation are blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.conf import settings

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.people.content import confidential_children
from keepsight.apps.people.models import Address, Child
from keepsight.apps.places.models import Postcode
from keepsight.apps.risk.frames import current_ratings, gather
from keepsight.core import pseudonyms
from keepsight.core.terms import RecordClass

FIRST = ("child", "birth_month", "lsoa", "service", "open", "level", "computed_level", "points", "confidence")


@dataclass(frozen=True)
class Extract:
    """Pseudonymised rows, how many there are in all, and how many of them are one of a kind."""

    frame: pl.DataFrame
    count: int
    unique: int
    smallest: int


def extract(authority: Authority, *, on: date, limit: int | None = None, without: Sequence[int] = ()) -> Extract:
    """
    Give one row a child with a contact plan, in the order of the pseudonyms.

    Parameters
    ----------
    limit : int, optional
        Only so many rows; the counts are of all. [children]
    without : sequence of int
        Children who are close to the reader.
    """
    people = _people(authority, on, without)
    unique, smallest = pseudonyms.uniqueness(people)
    shown = people.head(limit) if limit is not None else people
    hidden = shown.filter("_hidden")["child_id"].to_list()
    wanted = shown["child_id"].to_list()
    facts = gather(authority, on=on, children=wanted if limit is not None else None).facts
    coded = pseudonyms.coded_facts(facts, hidden=hidden)
    frame = shown.join(coded, on="child_id", how="left", maintain_order="left")
    last = [name for name in coded.columns if name != "child_id"]
    return Extract(frame.select(*FIRST, *last), people.height, unique, smallest)


def _people(authority: Authority, on: date, without: Sequence[int]) -> pl.DataFrame:
    plans = ContactPlan.objects.filter(authority=authority).exclude(child__record_class=RecordClass.RESTRICTED)
    plans = plans.exclude(child__in=without)
    columns = ["child_id", "child__date_of_birth", "service", "is_open", "level", "computed_level"]
    frame = rows.read(plans, columns).rename({"child__date_of_birth": "date_of_birth", "is_open": "open"})
    ids = frame["child_id"].to_list()
    named = frame.with_columns(
        pl.Series("child", pseudonyms.pseudonyms(settings.PSEUDONYM_KEY, authority.code, ids), dtype=pl.String)
    )
    ratings = current_ratings(authority).select("child_id", "points", "confidence")
    joined = (
        pseudonyms.month_of_birth(named)
        .join(ratings, on="child_id", how="left")
        .join(_areas(authority), on="child_id", how="left")
    )
    hidden = pl.col("child_id").is_in(_without_place(authority, on))
    return joined.with_columns(_hidden=hidden, lsoa=pl.when(~hidden).then("lsoa")).sort("child")


def _without_place(authority: Authority, on: date) -> list[int]:
    mine = Child.objects.filter(authority=authority)
    after = mine.filter(record_class=RecordClass.POST_ADOPTION).values_list("pk", flat=True)
    return [*mine.filter(confidential_children(on)).values_list("pk", flat=True), *after]


def _areas(authority: Authority) -> pl.DataFrame:
    """The small area of each child's present address; by its postcode where the file named none."""
    open_ = Address.objects.filter(child__authority=authority, ended_on=None)
    found = rows.read(open_, ["child_id", "lsoa", "postcode", "started_on"])
    newest = found.sort("started_on", nulls_last=False).unique("child_id", keep="last", maintain_order=True)
    known = rows.read(
        Postcode.objects.filter(postcode__in=open_.filter(lsoa="").values("postcode")), ["postcode", "lsoa"]
    ).rename({"lsoa": "_lsoa"})
    return newest.join(known, on="postcode", how="left").select(
        "child_id", lsoa=pl.coalesce(pl.col("lsoa").replace("", None), "_lsoa")
    )
