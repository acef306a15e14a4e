"""Who is known to the case system: children chosen by family from the rolls, and those not on any roll."""

from datetime import date

import polars as pl

from keepsight.example import names, pupils
from keepsight.example.days import minus, plus, years_old
from keepsight.example.dice import Dice
from keepsight.example.places import Places
from keepsight.example.shares import FEWEST_CASES, Profile

# groups in the order of choosing: the pack's level, and its age shares
GROUPS = {
    "cp": (("open", "cp"), "cp"),
    "cla": (("open", "cla"), "cla"),
    "cin": (("open", "cin"), "cin"),
    "assessment": (("open", "assessment"), "cin"),
    "early_help": (("open", "early_help"), "early_help"),
    "ended": (("six_months", "ended"), "cin"),
    "nfa": (("six_months", "nfa_referrals"), "contact"),
}
CONTACT_ONLY = 0.52  # children per contact of whom nothing else is known · assumed
BANDS = ((0, 0), (1, 4), (5, 9), (10, 15), (16, 17))  # ages [years], as the pack's shares
ON_ROLL = (0.0, 0.28, 0.97, 0.96, 0.45)  # share of each band found on the rolls · assumed
UNBORN = 0.25  # of the youngest band in assessment, child in need and child protection · assumed
COLUMNS = (
    "pupil", "family", "forename", "surname", "sex", "ethnicity", "born_on", "expected_on",
    "home", "house", "street", "band",
)  # fmt: skip
LEAVER_AGES = {18: 0.3, 19: 0.25, 20: 0.22, 21: 0.13, 22: 0.05, 23: 0.03, 24: 0.02}


def choose(council: Profile, places: Places, roll: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Choose every child of the case system.

    Returns
    -------
    DataFrame
        child (0 …), child_id, group, pupil (null off roll), family, forename, surname, sex,
        ethnicity, born_on (null before birth), expected_on, home, house, street, district_code,
        idaci_decile, age.
    """
    queue = _families_in_order(roll, as_at, dice.of("order"))
    parts, used = [], pl.Series(dtype=pl.Int64)
    for group, n, shares in _wanted(council):
        part = dice.of(group)
        quotas = [round(n * share) for share in shares]
        quotas[3] += n - sum(quotas)
        queue = queue.filter(~pl.col("family").is_in(used.implode()))
        chosen = _from_roll(queue, quotas, part).with_columns(expected_on=pl.lit(None, pl.Date))
        used = chosen["family"].unique()
        short = [quota - found for quota, found in zip(quotas, _band_counts(chosen), strict=True)]
        fresh = _off_roll(council, places, chosen, short, group, as_at, part)
        parts.append(pl.concat([chosen.select(COLUMNS), fresh]).with_columns(group=pl.lit(group)))
    parts.append(_care_leavers(council, places, as_at, dice.of("care_leaver")))
    frame = pl.concat(parts, how="diagonal")
    return _numbered(council, places, frame, as_at, dice.of("ids"))


def _wanted(council: Profile) -> list[tuple[str, int, list[float]]]:
    """Give each group's number of children and age shares."""
    ages = council.common["age"]
    wanted = [(group, council.count(*path), ages[age]) for group, (path, age) in GROUPS.items()]
    contacts = max(FEWEST_CASES, round(council.own["six_months"]["contacts"] * council.scale * CONTACT_ONLY))
    return [*wanted, ("contact", contacts, ages["contact"])]


def _families_in_order(roll: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Pupils, family by family, poorer places sooner."""
    families = roll.group_by("family", maintain_order=True).agg(pl.col("idaci_decile").first())
    turn = dice.exponential(families.height) / (12.0 - families["idaci_decile"])
    families = families.select("family", turn=turn)
    age = years_old(roll["born_on"], as_at)
    band = pl.select(
        pl.when(age < 1)
        .then(0)
        .when(age < 5)
        .then(1)
        .when(age < 10)
        .then(2)
        .when(age < 16)
        .then(3)
        .when(age < 18)
        .then(4)
    ).to_series()
    return (
        roll.with_columns(band=band.cast(pl.Int64))
        .filter(pl.col("band").is_not_null())
        .join(families, on="family", how="left", maintain_order="left")
        .sort("turn", "family", "pupil")
        .select(
            "pupil", "family", "forename", "surname", "sex", "ethnicity", "born_on", "home", "house", "street", "band"
        )
    )


def _from_roll(queue: pl.DataFrame, quotas: list[int], dice: Dice) -> pl.DataFrame:
    """Take families in turn until each age band is full; most brothers and sisters come along."""
    full = pl.Series([round(quota * share) for quota, share in zip(quotas, ON_ROLL, strict=True)], dtype=pl.Int64)
    open_bands = queue.filter(pl.Series("in", dice.happens(queue.height, 0.8)))
    place = open_bands.select(pl.int_range(pl.len()).over("band")).to_series()
    return open_bands.filter(place < full.gather(open_bands["band"]))


def _band_counts(chosen: pl.DataFrame) -> list[int]:
    return [int((chosen["band"] == band).sum()) for band in range(len(BANDS))]


def _off_roll(
    council: Profile, places: Places, chosen: pl.DataFrame, short: list[int], group: str, as_at: date, dice: Dice
) -> pl.DataFrame:
    """Make the children who are on no roll: the youngest, the oldest, and a few of school age."""
    band = pl.Series([band for band, n in enumerate(short) for _ in range(max(0, n))], dtype=pl.Int64)
    n = len(band)
    low = pl.Series([low for low, _ in BANDS]).gather(band)
    high = pl.Series([4 if high == 4 else high + 1 for _, high in BANDS]).gather(band)
    days = low * 365.25 + dice.uniform(n) * ((high - low) * 365.25 - 2)
    born_on = minus(as_at, days.floor().cast(pl.Int64) + 1)
    sex = dice.choose(n, {"F": 0.49, "M": 0.51})
    frame = pl.DataFrame({"band": band, "born_on": born_on, "sex": sex, "forename": pupils.forenames(sex, dice)})
    unborn = (band == 0) & dice.happens(n, UNBORN if group in ("cin", "cp", "assessment") else 0.0)
    expected = plus(as_at, dice.whole(n, 5, 180))
    frame = frame.with_columns(
        born_on=pl.when(unborn).then(None).otherwise("born_on"),
        expected_on=pl.when(unborn).then(expected),
        sex=pl.when(unborn).then(pl.lit("U")).otherwise("sex"),
        forename=pl.when(unborn).then(pl.lit("Unborn")).otherwise("forename"),
    )
    family = ["family", "surname", "ethnicity", "home", "house", "street"]
    new = _new_families(council, places, n, group, dice.of("families")).select(family)
    if chosen.height == 0:
        return _shape(frame.hstack(new))
    theirs = chosen.select(family)[dice.whole(n, 0, chosen.height - 1).to_list()]
    with_theirs = dice.happens(n, 0.62)
    mixed = [theirs[name].zip_with(with_theirs, new[name].cast(theirs[name].dtype)) for name in family]
    return _shape(frame.hstack(mixed))


def _shape(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pupil=pl.lit(None, pl.Int64)).select(COLUMNS)


def _new_families(council: Profile, places: Places, n: int, group: str, dice: Dice) -> pl.DataFrame:
    """Families with nobody on a roll; their numbers start past the pupils' families."""
    start = 10_000_000 + 1_000_000 * (list(GROUPS).index(group) if group in GROUPS else 20 + len(group))
    poor = dict(enumerate((12 - places.postcodes["idaci_decile"]).to_list()))
    return pl.DataFrame(
        {
            "family": pl.int_range(start, start + n, eager=True),
            "surname": dice.pick(n, names.SURNAMES),
            "ethnicity": dice.choose(n, council.own["ethnicity"]),
            "home": dice.choose(n, poor).cast(pl.Int64),
            "house": dice.whole(n, 1, 140),
            "street": dice.pick(n, names.STREETS),
        }
    )


def _care_leavers(council: Profile, places: Places, as_at: date, dice: Dice) -> pl.DataFrame:
    """Young people of 18 to 24, each on their own."""
    n = council.count("open", "care_leaver")
    sex = dice.choose(n, {"F": 0.42, "M": 0.58})
    age = dice.choose(n, LEAVER_AGES).cast(pl.Int64)
    days = (age * 365.25 + dice.uniform(n) * 363 + 1).floor().cast(pl.Int64)
    frame = pl.DataFrame({"sex": sex, "forename": pupils.forenames(sex, dice), "born_on": minus(as_at, days)})
    return frame.hstack(_new_families(council, places, n, "care_leaver", dice)).with_columns(
        group=pl.lit("care_leaver")
    )


def _numbered(council: Profile, places: Places, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    number = 1_000_000 + 3 * dice.order(frame.height) + dice.whole(frame.height, 0, 2)
    return (
        frame.with_row_index("child")
        .with_columns(
            pl.col("child").cast(pl.Int64),
            child_id=council.own["id_prefix"] + number.cast(pl.String),
            district_code=places.postcodes["district_code"].gather(frame["home"]),
            idaci_decile=places.postcodes["idaci_decile"].gather(frame["home"]),
            age=years_old(frame["born_on"], as_at),
        )
        .drop("band")
    )
