"""The work with each child: when it began and when it ended."""

from datetime import date, timedelta

import polars as pl

from keepsight.example.days import at_work, between, earlier, later, minus, only, plus
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

WINDOW = 182  # Annex A looks back six months [days]
WORKING = 7 / 5  # calendar days a working day, near enough for inventing
MONTH = 30.4  # days
OPEN = ("cp", "cla", "cin", "assessment", "care_leaver", "early_help")
CASES = ("assessment", "cin", "cp", "cla", "ended")  # episodes of children in need
EH_ASSESSMENT = (42, 65)  # days that an early help assessment takes · RULES T55
EH_ASSESSMENT = (42, 65)  # days that an early help assessment takes · RULES T55
BEFORE_BIRTH = 160  # an unborn child is known at most so long [days]
QUICK = 0.42  # closed cases that ended with the assessment · assumed after C1, "assessed, not in need"
CLOSURES = {"RC7": 0.93, "RC5": 0.033, "RC1": 0.013, "RC4": 0.012, "RC6": 0.008, "RC3": 0.004}  # B6 2020 · rounded
ADOPTED_BELOW = 9  # years


def invent(council: Profile, children: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Add to each child its spells of work.

    Returns
    -------
    DataFrame
        ``children`` with disabled, risk (0 to 1: what is really behind the case), unseen,
        referral_on, cin_on, cin_end, closure, assessed_from, assessed_on, cp_on, cp_end, cla_on,
        cla_end, early_help_on, early_help_done (its assessment; the help goes on). Each is null where there was none.
    """
    n = children.height
    frame = children.with_columns(
        disabled=dice.happens(n, council.share("disabled")),
        risk=dice.uniform(n),
        unseen=dice.happens(n, council.share("unseen")) & children["group"].is_in(OPEN),
    )
    frame = _begun(council, frame, as_at, dice.of("begun"))
    frame = _closed(frame, as_at, dice.of("closed"))
    frame = _ended_earlier(council, frame, as_at, dice.of("ended_earlier"))
    return _assessed(council, frame, as_at, dice.of("assessed"))


def _in(frame: pl.DataFrame, *groups: str) -> pl.Series:
    return frame["group"].is_in(groups)


def _days_ago(council: Profile, frame: pl.DataFrame, dice: Dice) -> pl.Series:
    """How long ago the main spell of each group began. [days]"""
    n, months = frame.height, council.common["spell_months"]
    plan = {tuple(float(month) for month in key.split("-")): share for key, share in council.own["plan_months"].items()}
    by_group = {
        "assessment": dice.uniform(n) ** 0.85 * 72,
        "cin": 24 + MONTH * _spread(months["cin"], n, dice),
        "cp": 1 + MONTH * dice.bounds(n, list(plan), list(plan.values())),
        "cla": 2 + MONTH * _spread(months["cla"], n, dice),
        "early_help": dice.uniform(n) * (WINDOW + EH_ASSESSMENT[0] - 8),
        "ended": 28 + dice.uniform(n) * WINDOW + dice.exponential(n) * 110,
        "nfa": dice.uniform(n) * WINDOW,
    }
    ago = pl.zeros(n, pl.Float64, eager=True)
    for group, days in by_group.items():
        ago = days.zip_with(_in(frame, group), ago)
    return ago.floor().cast(pl.Int64) + 1


def _spread(steps: list[list[float]], n: int, dice: Dice) -> pl.Series:
    """Give months from the pack's upper bounds and shares."""
    tops = [top for top, _ in steps]
    return dice.bounds(n, list(zip([0.0, *tops[:-1]], tops, strict=True)), [share for _, share in steps])


def _begun(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """A plan or a time in care began some weeks after the referral; all else with it."""
    n = frame.height
    life = frame["born_on"].fill_null(as_at - timedelta(days=BEFORE_BIRTH))
    began = later(at_work(minus(as_at, _days_ago(council, frame, dice))), life)
    lead = (12 + dice.uniform(n) * dice.uniform(n) * 150) * _in(frame, "cp", "cla")
    cin_on = only(later(at_work(minus(began, lead.floor().cast(pl.Int64))), life), _in(frame, *CASES))
    began = later(began, cin_on)
    done = at_work(plus(began, dice.whole(n, *EH_ASSESSMENT)))
    return frame.with_columns(
        cin_on=cin_on,
        referral_on=cin_on.zip_with(~_in(frame, "nfa"), began),
        cp_on=only(began, _in(frame, "cp")),
        cla_on=only(began, _in(frame, "cla")),
        early_help_on=only(began, _in(frame, "early_help")),
        early_help_done=only(done, _in(frame, "early_help") & (done < as_at)),
    )


def _closed(frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """When and why closed cases closed: two in five with the assessment, in three to nine weeks."""
    n, yesterday = frame.height, as_at - timedelta(days=1)
    gone, quick = _in(frame, "ended"), _in(frame, "ended") & dice.happens(n, QUICK)
    day, stay = minus(as_at, dice.whole(n, 1, WINDOW - 1)), dice.whole(n, 20, 60)
    end = later(day, plus(frame["cin_on"], stay)).clip(upper_bound=yesterday)
    cin_on = later(minus(end, stay), frame["cin_on"]).zip_with(quick, frame["cin_on"])
    why = dice.choose(n, CLOSURES)
    too_old = (why == "RC1") & (frame["age"].fill_null(0) >= ADOPTED_BELOW)
    why = pl.Series(["RC7"] * n).zip_with(too_old, why)
    why = pl.Series(["RC8"] * n).zip_with(quick, why)
    return frame.with_columns(
        cin_on=cin_on,
        referral_on=cin_on.zip_with(gone, frame["referral_on"]),
        cin_end=only(end, gone),
        closure=only(why, gone),
    )


def _ended_earlier(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Some children in need came off a plan, or out of care, within the six months."""
    n = frame.height
    long_known = _in(frame, "cin", "ended") & (between(frame["cin_on"], as_at) > 150)
    turn = only(dice.uniform(n), long_known).rank("ordinal")
    plans = council.count("six_months", "plans_ended", fewest=2)
    care = council.count("six_months", "care_ended", fewest=2)
    had_plan = (turn <= plans).fill_null(False)
    had_care = ((turn > plans) & (turn <= plans + care)).fill_null(False)
    last = frame["cin_end"].fill_null(as_at - timedelta(days=1))
    end = later(earlier(minus(as_at, dice.whole(n, 1, WINDOW - 1)), last), frame["cin_on"])
    known = between(frame["cin_on"], end)
    began = minus(end, (known * (0.1 + 0.8 * dice.uniform(n))).floor().cast(pl.Int64))
    return frame.with_columns(
        cp_on=began.zip_with(had_plan, frame["cp_on"]),
        cp_end=only(end, had_plan),
        cla_on=began.zip_with(had_care, frame["cla_on"]),
        cla_end=only(end, had_care),
    )


def _assessed(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """The first assessment of each case: at its start, authorised within the published times."""
    n, yesterday = frame.height, pl.repeat(as_at - timedelta(days=1), frame.height, eager=True)
    times = council.common["assessment_days"]
    bands = {tuple(float(day) for day in key.split("-")): share for key, share in times.items()}
    took = (dice.bounds(n, list(bands), list(bands.values())) * WORKING).floor().cast(pl.Int64)
    done = later(at_work(plus(frame["cin_on"], took)), frame["cin_on"])
    done = earlier(done, frame["cin_end"]).zip_with(_in(frame, "ended"), done)
    done = earlier(done, yesterday).zip_with(_in(frame, "cin"), done)
    return frame.with_columns(
        assessed_from=frame["cin_on"],
        assessed_on=only(done, (done < as_at) & ~_in(frame, "assessment") & frame["cin_on"].is_not_null()),
    )
