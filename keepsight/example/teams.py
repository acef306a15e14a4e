"""Teams and workers: who holds which case."""

import polars as pl

from keepsight.example.dice import Dice
from keepsight.example.names import full_names
from keepsight.example.places import DISTRICTS
from keepsight.example.shares import Profile
from keepsight.example.spells import OPEN

TEAM_WORKERS = 7  # at most, in a team · assumed
SCREENED = 60  # referrals a screener has taken in six months · assumed
WORKERS_APART = 24_000  # keeps the two councils' names apart
TEAMS = {
    "assessment": "{place} Assessment Team",
    "cin": "{place} Safeguarding Team",
    "cp": "{place} Safeguarding Team",
    "ended": "{place} Safeguarding Team",
    "nfa": "Integrated Front Door",
    "cla": "{place} Children Looked After Team",
    "care_leaver": "Leaving Care Team",
    "early_help": "{place} Early Help Team",
    "disabled": "Children with Disabilities Team",
}


def with_workers(council: Profile, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """
    Add team and worker to each child that anybody works with.

    Families are dealt to the workers of their district in turn, about a caseload each; a service
    with many workers in a district is cut into teams. Closed cases stay with a worker of the
    service and are no part of the caseload.
    """
    held = _services(council, frame, dice)
    slots = _slots(held, council.share("caseload"))
    many = pl.col("teams") > 1
    number = pl.col("slot") * pl.col("teams") // pl.col("slots") + 1
    dealt = slots.with_columns(teams=(pl.col("slots") / TEAM_WORKERS).ceil().cast(pl.Int64)).with_columns(
        team=pl.when(many).then(pl.col("base") + " " + number.cast(pl.String)).otherwise("base"),
        who=pl.struct("base", "slot").rank("dense").cast(pl.Int64) - 1,
    )
    workers = full_names(WORKERS_APART * council.place, int(dealt["who"].max() or 0) + 1)
    dealt = dealt.with_columns(worker=pl.Series(workers, dtype=pl.String).gather(dealt["who"]))
    return frame.join(dealt.select("child", "team", "worker"), on="child", how="left", maintain_order="left")


def _services(council: Profile, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Give the children with a service: child, family, base (its name in the district), open, turn."""
    places = {district.code: district.name for district in DISTRICTS[council.code]}
    service = pl.when(pl.col("disabled") & (pl.col("group") == "cin")).then(pl.lit("disabled")).otherwise("group")
    pattern = service.replace_strict(TEAMS, default=None, return_dtype=pl.String)
    place = pl.col("district_code").replace_strict(places, return_dtype=pl.String)
    return frame.select(
        "child",
        "family",
        base=pattern.str.replace("{place}", place, literal=True),
        open=pl.col("group").is_in(OPEN),
        turn=dice.uniform(frame.height),
    ).drop_nulls("base")


def _slots(held: pl.DataFrame, load: float) -> pl.DataFrame:
    """Add slot (a worker's place in the service) and slots; a family stays together."""
    dealt = held.sort("base", "open", "family", "child", descending=[False, True, False, False]).with_columns(
        place=pl.int_range(pl.len()).over("base")
    )
    first = pl.col("place").first().over("base", "open", "family")
    dealt = dealt.with_columns(slot=(first / load).floor().cast(pl.Int64))
    own = pl.col("slot").filter(pl.col("open")).max().over("base") + 1
    dealt = dealt.with_columns(slots=pl.coalesce(own, (pl.len().over("base") // SCREENED + 1).cast(pl.Int64)))
    any_slot = (pl.col("turn") * pl.col("slots")).floor().cast(pl.Int64)
    return dealt.with_columns(slot=pl.when("open").then("slot").otherwise(any_slot))
