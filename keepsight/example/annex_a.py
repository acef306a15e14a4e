"""Annex A lists 1 to 7, clean: typed columns under the template's headings."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from keepsight.example import words
from keepsight.example.days import at_work, between, minus, years_old
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile
from keepsight.example.spells import WINDOW
from keepsight.example.visits import last_seen


@dataclass(frozen=True)
class Material:
    """What the lists are made from."""

    council: Profile
    cases: pl.DataFrame
    contacts: pl.DataFrame
    visits: pl.DataFrame
    missing: pl.DataFrame
    as_at: date
    dice: Dice

    @property
    def since(self) -> date:
        """First day of the six months."""
        return self.as_at - timedelta(days=WINDOW)


def lists(material: Material) -> dict[int, pl.DataFrame]:
    """Give lists 1 to 7."""
    return {
        1: contacts(material),
        2: early_help(material),
        3: referrals(material),
        4: assessments(material),
        5: section_47(material),
        6: in_need(material),
        7: protection(material),
    }


def person(material: Material, rows: pl.DataFrame, *, disability: bool = False) -> pl.DataFrame:
    """Put the columns that describe the child first; the rest of ``rows`` follows, without ``child``."""
    own = material.cases.select("child", "child_id", "sex", "ethnicity", "born_on", "disabled")
    joined = rows.select("child").join(own, on="child", how="left", maintain_order="left")
    ethnicity = {**words.ETHNICITY, "NOBT": words.NOT_OBTAINED[material.council.code]}
    head = joined.select(
        pl.col("child_id").alias("Child Unique ID"),
        pl.col("sex").replace_strict(words.SEX).alias("Gender"),
        pl.col("ethnicity").replace_strict(ethnicity).alias("Ethnicity"),
        pl.col("born_on").alias("Date of Birth"),
        years_old(joined["born_on"], material.as_at).alias("Age of Child (Years)"),
    )
    if disability:
        head = head.with_columns(yes_no(joined["disabled"]).alias("Does the Child have a Disability"))
    return head.hstack(rows.drop("child"))


def yes_no(values: pl.Series) -> pl.Series:
    """Write yes and no as the template does."""
    return values.replace_strict(words.YES_NO, default=None, return_dtype=pl.String)


def workers(material: Material, child: pl.Series) -> list[pl.Series]:
    """Give allocated team and worker."""
    own = child.to_frame("child").join(material.cases, on="child", how="left", maintain_order="left")
    return [own["team"].alias("Allocated Team"), own["worker"].alias("Allocated Worker")]


def contacts(material: Material) -> pl.DataFrame:
    rows = material.contacts.select(
        "child",
        pl.col("contact_on").alias("Date of Contact"),
        pl.col("source").replace_strict(words.SOURCE).alias("Contact Source"),
    )
    return person(material, rows)


def early_help(material: Material) -> pl.DataFrame:
    rows = material.cases.filter(pl.col("early_help_on").is_not_null())
    by_school = material.dice.of("organisation").happens(rows.height, 0.2)
    school = material.dice.of("school").pick(rows.height, ("a primary school", "a secondary school", "Health visiting"))
    return person(
        material,
        rows.select(
            "child",
            pl.col("early_help_on").alias("Assessment start date"),
            pl.col("early_help_done").alias("Assessment completion date"),
            school.zip_with(by_school, rows["team"]).alias("Organisation completing assessment"),
        ),
    )


def referrals(material: Material) -> pl.DataFrame:
    rows = material.contacts.filter("referral").join(
        material.cases.select("child", "group"), on="child", how="left", maintain_order="left"
    )
    dice = material.dice.of("referrals")
    again = dice.happens(rows.height, material.council.share("rereferral"))
    return person(
        material,
        rows.select(
            "child",
            pl.col("contact_on").alias("Date of referral"),
            pl.col("source").replace_strict(words.SOURCE).alias("Referral Source"),
            yes_no(rows["group"] == "nfa").alias("Referral NFA?"),
            (again.cast(pl.Int64) * (1 + dice.whole(rows.height, 0, 3) // 3)).alias(
                "Number of Referrals in Last 12 Months"
            ),
            *workers(material, rows["child"]),
        ),
    )


def assessments(material: Material) -> pl.DataFrame:
    cases, dice = material.cases, material.dice.of("assessments")
    first = cases.filter(
        pl.col("assessed_from").is_not_null()
        & (pl.col("assessed_on").is_null() | (pl.col("assessed_on") >= material.since))
    ).select("child", "assessed_from", "assessed_on", support=pl.col("closure").fill_null("") != "RC8")
    old = cases.filter(
        pl.col("group").is_in(["cin", "cp", "cla"]) & (pl.col("cin_on") < material.as_at - timedelta(days=240))
    ).select("child")
    review = old.filter(pl.Series("r", dice.happens(old.height, 0.25)))
    n = review.height
    began = at_work(minus(material.as_at, dice.whole(n, 3, WINDOW + 20)))
    ended = at_work((began.cast(pl.Int32) + dice.whole(n, 14, 62).cast(pl.Int32)).cast(pl.Date))
    review = review.with_columns(assessed_from=began, ended=ended, support=pl.lit(True)).select(
        "child", "assessed_from", assessed_on=pl.when(pl.col("ended") < material.as_at).then("ended"), support="support"
    )
    rows = pl.concat(
        [first, review.filter(pl.col("assessed_on").is_null() | (pl.col("assessed_on") >= material.since))]
    )
    done = rows["assessed_on"].is_not_null()
    return person(
        material,
        rows.select(
            "child",
            pl.col("assessed_from").alias("Continuous Assessment Start Date"),
            yes_no(dice.happens(rows.height, 0.96)).alias("Child Seen During Continuous Assessment"),
            pl.col("assessed_on").alias("Continuous Assessment Date of Authorisation"),
            pl.when(done)
            .then(yes_no(rows["support"]))
            .alias("Was the child assessed as requiring LA children's social care support?"),
            *workers(material, rows["child"]),
        ),
        disability=True,
    )


def enquiries(material: Material) -> pl.DataFrame:
    """Section 47 enquiries of the window: child, started_on, unnecessary, icpc_on, plan."""
    cases, dice, as_at = material.cases, material.dice.of("section_47"), material.as_at
    wanted = material.council.count("six_months", "section_47")
    planned = cases.filter(pl.col("cp_on") >= material.since)
    before = dice.whole(planned.height, 12, 22)
    with_plan = planned.select(
        "child",
        started_on=pl.max_horizontal(at_work(minus(planned["cp_on"], before)).alias("s"), "cin_on"),
        unnecessary=pl.lit(False),
        icpc_on="cp_on",
        plan=pl.lit(True),
    )
    pool = cases.filter(
        pl.col("group").is_in(["assessment", "cin", "ended"])
        & (pl.col("cin_end").is_null() | (pl.col("cin_end") > material.since + timedelta(days=20)))
    )
    pool = pool[dice.order(pool.height).to_list()]
    now = pool.filter(pl.col("cin_end").is_null()).head(max(2, round(wanted * 0.06)))
    ago = pl.min_horizontal(pl.Series("a", dice.whole(now.height, 1, 14)), between(now["cin_on"], as_at).alias("b"))
    nothing = pl.lit(None, pl.Boolean)
    still_open = now.select(
        "child",
        started_on=(pl.lit(as_at).cast(pl.Int32) - ago.cast(pl.Int32)).cast(pl.Date),
        unnecessary=nothing,
        icpc_on=pl.lit(None, pl.Date),
        plan=nothing,
    )
    rest = pool.join(now.select("child"), on="child", how="anti", maintain_order="left")
    rest = rest.head(max(3, wanted - with_plan.height - still_open.height))
    return pl.concat([with_plan, still_open, _without_plan(material, rest, dice)])


def _without_plan(material: Material, rows: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Enquiries that ended without a plan: most need no conference."""
    latest = rows["cin_end"].fill_null(material.as_at - timedelta(days=1))
    earliest = rows.select(pl.col("cin_on").clip(lower_bound=material.since)).to_series()
    room = between(earliest, latest).clip(1)
    started = (earliest.cast(pl.Int32) + dice.below(room).cast(pl.Int32)).cast(pl.Date)
    held = dice.happens(rows.height, 0.22)
    conference = at_work((started.cast(pl.Int32) + dice.whole(rows.height, 13, 22).cast(pl.Int32)).cast(pl.Date))
    held = held & (conference < material.as_at)
    return rows.select(
        "child",
        started_on=started,
        unnecessary=~held,
        icpc_on=pl.when(held).then(conference),
        plan=pl.when(held).then(pl.lit(False)),
    )


def section_47(material: Material) -> pl.DataFrame:
    rows = enquiries(material).sort("started_on", "child")
    dice = material.dice.of("section_47_counts")
    return person(
        material,
        rows.select(
            "child",
            pl.col("started_on").alias("Strategy discussion initiating Section 47 Enquiry Start Date"),
            yes_no(rows["unnecessary"]).alias("Was an Initial Child Protection Conference deemed unnecessary?"),
            pl.col("icpc_on").alias("Date of Initial Child Protection Conference"),
            yes_no(rows["plan"]).alias("Did the Initial Child Protection Conference Result in a Child Protection Plan"),
            dice.poisson(pl.repeat(0.25, rows.height, eager=True)).alias(
                "Number of Section 47 Enquiries in the last 12 months"
            ),
            dice.poisson(pl.repeat(0.08, rows.height, eager=True)).alias("Number of ICPCs in the last 12 months"),
            *workers(material, rows["child"]),
        ),
        disability=True,
    )


def in_need(material: Material) -> pl.DataFrame:
    seen = last_seen(material.visits)
    rows = material.cases.filter(pl.col("cin_on").is_not_null()).join(
        seen, on="child", how="left", maintain_order="left"
    )
    dice = material.dice.of("in_need")
    need = dice.choose(rows.height, material.council.own["primary_need"])
    ill = rows["disabled"] & dice.happens(rows.height, 0.45)
    need = pl.Series(["N2"] * rows.height, dtype=pl.String).zip_with(ill, need)
    return person(
        material,
        rows.select(
            "child",
            pl.col("cin_on").alias("CIN Start Date"),
            need.replace_strict(words.NEED).alias("Primary Need Code"),
            pl.col("last_on").alias("Date Child Was Last Seen"),
            pl.col("cin_end").alias("CIN Closure Date"),
            pl.col("closure").replace_strict(words.CLOSURE, default=None).alias("Reason for Closure"),
            pl.col("group").replace_strict(words.STATUS).alias("Case Status"),
            *workers(material, rows["child"]),
        ),
        disability=True,
    )


def protection(material: Material) -> pl.DataFrame:
    rows = material.cases.filter(pl.col("cp_on").is_not_null()).join(
        last_seen(material.visits, "cp"), on="child", how="left", maintain_order="left"
    )
    n, dice = rows.height, material.dice.of("protection")
    latest = dice.choose(n, material.council.own["abuse_category"])
    first = dice.choose(n, material.council.own["abuse_category"]).zip_with(dice.happens(n, 0.12), latest)
    end = rows["cp_end"].fill_null(material.as_at)
    age = between(rows["cp_on"], end)
    since_review = pl.min_horizontal(pl.Series("a", dice.whole(n, 3, 172)), (age - 80).clip(1).alias("b"))
    reviewed = at_work(minus(end, pl.select(since_review).to_series()))
    again = dice.happens(n, material.council.share("second_plan"))
    return person(
        material,
        rows.select(
            "child",
            pl.col("cp_on").alias("Child Protection Plan Start Date"),
            first.replace_strict(words.ABUSE).alias("Initial Category of Abuse"),
            latest.replace_strict(words.ABUSE).alias("Latest Category of Abuse"),
            pl.col("last_on").alias("Date of the Last Statutory Visit"),
            yes_no(rows["last_alone"]).alias("Was the Child Seen Alone?"),
            pl.when(age > 92).then(reviewed).alias("Date of latest review conference"),
            pl.col("cp_end").alias("Child Protection Plan End Date"),
            yes_no(dice.happens(n, 0.05)).alias(
                "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
            ),
            (again.cast(pl.Int64) * (1 + dice.whole(n, 0, 4) // 4)).alias("Number of Previous Child Protection Plans"),
            *workers(material, rows["child"]),
        ),
        disability=True,
    )
