"""Six weeks of daily registers: one row a pupil a session, a file a week."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

WEEKS = 6
NEW_CODES = date(2024, 8, 19)  # from this day the letter Y carries a number
DAY_LEAN = (1.08, 0.96, 0.94, 0.98, 1.10)  # Monday to Friday · assumed
STAYS = 0.45  # an absent pupil is absent the next day too, beside its own chance · assumed
LONG_OUT = {"O": 0.45, "N": 0.35, "I": 0.20}


def write(
    council: Profile, roll: pl.DataFrame, folder: Path, *, as_at: date, dice: Dice, tick: Callable[[int], None]
) -> int:
    """Write the weekly files, a day at a time, so that memory does not grow with the weeks."""
    folder.mkdir(parents=True, exist_ok=True)
    state = _Pupils(council, roll, as_at, dice)
    rows = 0
    for number, (monday, days) in enumerate(weeks(as_at)):
        with (folder / f"attendance_{monday:%Y-%m-%d}.csv").open("wb") as file:
            file.write(b"UPN,URN,Date,Session,Code\n")
            for day in days:
                marks = state.day(day, as_text=_written(day, number))
                marks.write_csv(file, include_header=False)
                rows += marks.height
        tick(rows)
    return rows


def weeks(as_at: date) -> Iterator[tuple[date, list[date]]]:
    """
    Give each of the six weeks before the day: its Monday and its school days.

    Raises
    ------
    CalendarTooShort
        If the bank holidays of those weeks are not known.
    """
    calendar = WorkingCalendar.from_table(book().table("calendar"))
    last = as_at - timedelta(days=1)
    first = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    for week in range(WEEKS):
        monday = first + timedelta(days=7 * week)
        days = [monday + timedelta(days=step) for step in range(5)]
        yield monday, [day for day in days if day <= last and calendar.is_working(day)]


def _written(day: date, week: int) -> str:
    """One of the six weeks comes from another system, which writes dates the British way."""
    return f"{day:%d/%m/%Y}" if week == 2 else day.isoformat()


class _Pupils:
    """Everyone on roll with a chance of being away, and yesterday's marks."""

    def __init__(self, council: Profile, roll: pl.DataFrame, as_at: date, dice: Dice):
        n = roll.height
        self._upn, self._urn = roll["register_upn"], roll["urn"]
        self._dice, self._as_at = dice, as_at
        self._codes = council.common["absence_codes"]
        self._chance = _chances(council, roll, dice.of("chance"))
        self._away = pl.repeat(False, n, dtype=pl.Boolean, eager=True)
        self._why = pl.Series(["I"] * n, dtype=pl.String)
        self._half_time = (roll["year"] < 0) & dice.of("half").happens(n, 0.5)
        self._long = roll["unseen"]
        since = dice.of("long").whole(n, 24, 42)
        self._long_from = (pl.Series([as_at], dtype=pl.Date).cast(pl.Int32) - since.cast(pl.Int32)).cast(pl.Date)
        self._long_why = dice.of("why").choose(n, LONG_OUT)
        self._shut = roll["urn"].unique(maintain_order=True).gather([0])
        self._elsewhere = (roll["phase"] == "pru") & dice.of("dual").happens(n, 0.2)

    def day(self, day: date, *, as_text: str) -> pl.DataFrame:
        """Give the marks of one day, mornings first."""
        dice, n = self._dice.of(day), len(self._upn)
        fresh = dice.happens(n, self._chance * ((1 - STAYS) * DAY_LEAN[day.weekday()]))
        stays = self._away & dice.happens(n, STAYS)
        self._why = self._why.zip_with(stays, dice.choose(n, self._codes))
        self._away = fresh | stays
        long = self._long & (self._long_from <= day)
        why = self._long_why.zip_with(long, self._why)
        away = self._away | long
        morning = pl.Series(dice.choose(n, {"/": 0.968, "L": 0.018, "B": 0.006, "V": 0.004, "P": 0.004}))
        after = pl.Series(dice.choose(n, {"\\": 0.983, "L": 0.002, "M": 0.005, "B": 0.005, "V": 0.005}))
        back = dice.happens(n, 0.06) & ~long
        codes = [self._outside(why.zip_with(away, morning), day), self._outside(why.zip_with(away & ~back, after), day)]
        codes[1] = pl.Series(["X"] * n).zip_with(self._half_time, codes[1])
        return pl.concat(
            [
                pl.DataFrame({"UPN": self._upn, "URN": self._urn, "Date": pl.repeat(as_text, n, eager=True),
                              "Session": pl.repeat(session, n, eager=True), "Code": self._mistyped(code, dice)})
                for session, code in zip(("AM", "PM"), codes, strict=True)
            ]
        )  # fmt: skip

    def _outside(self, codes: pl.Series, day: date) -> pl.Series:
        """Marks that do not count: at the other school; a school without heating for a day."""
        n = len(codes)
        codes = pl.Series(["D"] * n).zip_with(self._elsewhere, codes)
        if (self._as_at - day).days in (15, 16):
            shut = self._urn.is_in(self._shut.implode())
            codes = pl.Series(["Y4" if day >= NEW_CODES else "Y"] * n).zip_with(shut, codes)
        return codes

    def _mistyped(self, codes: pl.Series, dice: Dice) -> pl.Series:
        """A few marks in lower case, with a space, or left blank."""
        n = len(codes)
        slip = dice.choose(n, {0: 0.9975, 1: 0.001, 2: 0.0005, 3: 0.001})
        return pl.select(
            pl.when(slip == 0).then(codes).when(slip == 1).then(codes.str.to_lowercase())
            .when(slip == 2).then(codes + " ").otherwise(pl.lit(""))
        ).to_series()  # fmt: skip


def _chances(council: Profile, roll: pl.DataFrame, dice: Dice) -> pl.Series:
    """Give each pupil's share of sessions missed: published levels by phase and group, spread wide."""
    levels, n = council.common["absence"], roll.height
    phase = roll["phase"].replace_strict(
        {p: levels[p] for p in ("primary", "secondary", "special", "pru", "college")},
        default=levels["primary"],
        return_dtype=pl.Float64,
    )
    group = roll["group"].replace_strict(
        {**{g: levels[g] for g in ("cin", "cp", "cla")}, "assessment": levels["cin"]},
        default=0.0,
        return_dtype=pl.Float64,
    )
    ratio = phase / levels["all"]
    ratio = pl.select(
        pl.when(group > 0).then(group / levels["all"] * ratio.clip(0.8, 3.0)).otherwise(ratio)
    ).to_series()
    ratio = ratio * (1 + (levels["fsm"] / levels["all"] - 1) * roll["fsm"].cast(pl.Float64) * 0.8)
    apart = roll["phase"].is_in(["special", "pru", "college"])
    plan = roll["plan"] & ~apart
    ratio = ratio * (1 + (levels["ehcp"] / levels["all"] - 1) * plan.cast(pl.Float64) * 0.7)
    spread = (dice.normal(n) * 0.85 - 0.36).exp()
    quiet = roll["group"].is_null() & ~apart
    mean = (ratio * levels["all"]).filter(quiet).mean() or 1.0
    return (ratio * levels["all"] * spread * (levels["all"] * 0.92 / float(mean))).clip(0.002, 0.9)  # type: ignore[arg-type]
