"""People: teams and workers, families, addresses, factors, missing episodes, alerts."""

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Team, Worker
from keepsight.apps.intake import findings
from keepsight.apps.intake.places_in import districts_of, postcodes_of
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.people.models import Address, Alert, AssessmentFactor, Family, FamilyMember, MissingEpisode

LONGEST_NAME = 120


# --- teams and workers ---------------------------------------------------------------------------
def load_teams_and_workers(work: Work) -> None:
    """Make the teams and workers that the lists name; a worker's team is the one that most rows give."""
    named = [
        frame.select(pl.col("team").str.slice(0, LONGEST_NAME), pl.col("worker").str.slice(0, LONGEST_NAME))
        for frame in work.frames.values()
        if {"team", "worker"} <= set(frame.columns)
    ]
    advisers = work.frames.get("care_leavers")
    if advisers is not None:
        no_worker = advisers.filter(pl.col("worker").is_null())
        named.append(no_worker.select("team", pl.col("personal_adviser").str.slice(0, LONGEST_NAME).alias("worker")))
    both = pl.concat(named) if named else pl.DataFrame(schema={"team": pl.String, "worker": pl.String})
    teams = _load_teams(work, both["team"].drop_nulls().unique().sort())
    pairs = both.filter(pl.col("worker").is_not_null())
    most = (
        pairs.group_by("worker", "team")
        .agg(pl.len().alias("times"))
        .sort("worker", pl.col("team").is_null(), -pl.col("times").cast(pl.Int64), "team")
        .unique("worker", keep="first", maintain_order=True)
        .join(teams.select(team="name", team_id="id"), on="team", how="left", maintain_order="left")
    )
    _load_workers(work, most.select(name="worker", team_id="team_id"))


def _load_teams(work: Work, names: pl.Series) -> pl.DataFrame:
    held = rows.read(Team.objects.filter(authority=work.authority), ["id", "name"])
    new = names.to_frame("name").join(held, on="name", how="anti", maintain_order="left")
    start = rows.next_id(Team)
    new = new.select((pl.int_range(pl.len(), dtype=pl.Int64) + start).alias("id"), "name")
    work.insert(Team, new)
    work.journal_created(Team, new["id"])
    work.count("teams", new=new.height, unchanged=len(names) - new.height)
    work.maps["teams"] = pl.concat([held, new])
    return work.maps["teams"]


def _load_workers(work: Work, named: pl.DataFrame) -> None:
    held = rows.read(Worker.objects.filter(authority=work.authority), ["id", "name", "team_id"])
    new = named.join(held, on="name", how="anti", maintain_order="left")
    start = rows.next_id(Worker)
    new = new.select((pl.int_range(pl.len(), dtype=pl.Int64) + start).alias("id"), "name", "team_id")
    met = named.join(held, on="name", suffix="_held")
    moved = met.filter(pl.col("team_id").is_not_null() & pl.col("team_id").ne_missing(pl.col("team_id_held")))
    work.insert(Worker, new)
    work.journal_created(Worker, new["id"])
    work.alter(Worker, moved.select("id", "team_id"), held.select("id", "team_id"))
    work.count("workers", new=new.height, changed=moved.height, unchanged=met.height - moved.height)
    work.maps["workers"] = pl.concat([held.select("id", "name"), new.select("id", "name")])


def with_allocation(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers of team and worker in place of their names."""
    worker = pl.coalesce("worker", "personal_adviser") if "personal_adviser" in frame.columns else pl.col("worker")
    named = frame.with_columns(
        pl.col("team").str.slice(0, LONGEST_NAME).alias("_team"), worker.str.slice(0, LONGEST_NAME).alias("_worker")
    )
    teams, workers = work.maps["teams"], work.maps["workers"]
    named = named.join(teams.select(_team="name", team_id="id"), on="_team", how="left", maintain_order="left")
    return named.join(workers.select(_worker="name", worker_id="id"), on="_worker", how="left", maintain_order="left")


# --- families and addresses ------------------------------------------------------------------------
def shape_families(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    frame = work.leave_out(
        "families", frame, pl.col("family_id").is_null(), code="no_family", expected="The family's id."
    ).rename({"family_id": "number"})
    held = rows.read(Family.objects.filter(authority=work.authority), ["id", "number"])
    new = frame.select("number").unique().sort("number").join(held, on="number", how="anti", maintain_order="left")
    start = rows.next_id(Family)
    new = new.select((pl.int_range(pl.len(), dtype=pl.Int64) + start).alias("id"), "number")
    work.insert(Family, new)
    numbers = pl.concat([held, new]).rename({"id": "family_id"})
    return frame.join(numbers, on="number", how="left", maintain_order="left").drop("number")


def place_addresses(work: Work) -> None:
    """Say where each address is, before children take their district from it."""
    frame = work.frames.get("addresses")
    if frame is None:
        return
    found = postcodes_of(work, frame["postcode"].drop_nulls().unique())
    districts = districts_of(work).rename({"id": "district_id", "code": "district_code"})
    placed = frame.join(found, on="postcode", how="left", maintain_order="left")
    placed = placed.join(districts, on="district_code", how="left", maintain_order="left")
    unknown = placed.filter(pl.col("postcode").is_not_null() & pl.col("latitude").is_null())
    work.named.append(
        findings.of_rows(
            unknown, code="postcode_unknown", severity="note", column="Postcode", found=pl.col("postcode"),
            expected="A postcode of the postcode lookup.", done="Kept without district, neighbourhood and map place.",
        )
    )  # fmt: skip
    work.maps["placed_addresses"] = placed


def shape_addresses(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    return work.maps["placed_addresses"]


# --- factors, missing episodes, alerts ----------------------------------------------------------------
def shape_factors(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    bad = pl.col("assessed_on").is_null() | pl.col("factor").is_null()
    return work.leave_out(
        "assessment_factors", frame, bad, code="no_date", expected="A factor and the day it was found."
    )


def shape_missing(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    return with_start(work, "missing_episodes", frame, _missing(work), [])


def shape_alerts(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    frame = work.leave_out(
        "alerts", frame, pl.col("kind").is_null(), code="no_kind", column="Alert", expected="A kind of alert."
    )
    return with_start(work, "alerts", frame, _alerts(work), ["kind"])


def with_start(work: Work, name: str, frame: pl.DataFrame, held: object, by: list[str]) -> pl.DataFrame:
    """
    Give rows without a start day one, so that nobody drops out of sight for a missing cell.

    The start of the child's open row of the same kind, where the register has one; else the day
    that the files describe.
    """
    lacking = pl.col("started_on").is_null()
    if not frame.filter(lacking).height:
        return frame
    work.named.append(
        findings.of_rows(
            frame.filter(lacking), code="no_start", severity="warning", expected="The day on which it began.",
            done="Kept, as if begun on the day that the files describe.",
        )
    )  # fmt: skip
    key = ["child_id", *by]
    known = rows.read(held, [*key, "started_on", "ended_on"])  # type: ignore[arg-type]
    known = known.filter(pl.col("ended_on").is_null() | (pl.col("started_on") == work.as_at))
    known = known.group_by(key).agg(pl.col("started_on").max().alias("_known"))
    return frame.join(known, on=key, how="left", maintain_order="left").with_columns(
        pl.coalesce("started_on", "_known", pl.lit(work.as_at)).alias("started_on")
    )


def all_open(kept: pl.DataFrame, absent: pl.DataFrame) -> pl.DataFrame:
    """The file names everyone who is open."""
    return absent


def _mine(model: type) -> object:
    return lambda work: model.objects.filter(child__authority=work.authority)  # type: ignore[attr-defined]


_missing, _alerts = _mine(MissingEpisode), _mine(Alert)

FAMILIES = Target(
    name="families",
    model=FamilyMember,
    key=("family_id", "child_id"),
    values=(),
    shape=shape_families,
    mine=_mine(FamilyMember),
    whole=all_open,
)
ADDRESSES = Target(
    name="addresses",
    model=Address,
    key=("child_id", "postcode", "lines", "started_on"),
    values=("ended_on", "lsoa", "idaci_decile", "district_id", "latitude", "longitude"),
    shape=shape_addresses,
    mine=_mine(Address),
    ends="ended_on",
    whole=all_open,
)
FACTORS = Target(
    name="assessment_factors",
    model=AssessmentFactor,
    key=("child_id", "assessed_on", "factor"),
    values=(),
    shape=shape_factors,
    mine=_mine(AssessmentFactor),
)
MISSING = Target(
    name="missing_episodes",
    model=MissingEpisode,
    key=("child_id", "started_on"),
    values=("ended_on", "return_interview_offered", "return_interview_accepted"),
    shape=shape_missing,
    mine=_missing,
    ends="ended_on",
    whole=all_open,
)
ALERTS = Target(
    name="alerts",
    model=Alert,
    key=("child_id", "kind", "started_on"),
    values=("ended_on", "note"),
    shape=shape_alerts,
    mine=_alerts,
    ends="ended_on",
    whole=all_open,
)
