"""
The out-of-hours rota: who does which duty, filled fairly within stated rules (WRK-05).

``broken_rules`` says in sentences what an assignment breaks and is the definition of the rules;
``fill`` finds by mixed-integer programming the assignment that leaves the fewest duties open and,
of those, shares the load most evenly. It never breaks a rule to fill a duty: what cannot be filled
stays open, with the reason for each person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds import DutyKind, RotaRules
from keepsight.core.packs.kinds.workforce import WEEKDAYS

OPEN = 1000.0  # what a point of an open duty costs, in points of unfairness


@dataclass(frozen=True)
class Person:
    """Somebody on the rota."""

    id: int
    name: str
    can: frozenset[str] = frozenset()
    share: float = 1.0  # of a full part. [0–1]
    away: frozenset[date] = frozenset()
    before: float = 0.0  # done in earlier rotas beyond, or short of, a fair part. [points]


@dataclass(frozen=True, order=True)
class Duty:
    """One duty on one day; ``place`` counts where a duty needs several."""

    on: date
    kind: str
    place: int = 1


@dataclass(frozen=True)
class Filled:
    """
    What the solver found.

    ``who`` has every duty, open ones with None. ``spread`` is the largest distance from a fair part
    [points]; ``proved`` that no assignment leaves fewer open and is fairer by more than the rules' gap.
    """

    who: dict[Duty, int | None]
    load: dict[int, float]
    fair: dict[int, float]
    spread: float
    gap: float
    proved: bool
    open_because: dict[Duty, list[str]] = field(default_factory=dict)


def duties_of(rules: RotaRules, first: date, last: date, calendar: WorkingCalendar) -> list[Duty]:
    """Give every duty from one day to another, both included. A bank holiday is a holiday, not its weekday."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        name = "holiday" if day in calendar.holidays else WEEKDAYS[day.weekday()]
        for kind in rules.duties:
            if name in kind.days:
                found += [Duty(day, kind.id, place) for place in range(1, kind.people + 1)]
    return found


def fair_parts(people: Sequence[Person], duties: Sequence[Duty], rules: RotaRules) -> dict[int, float]:
    """
    Give each person's fair part of the load. [points]

    By share, and less what they did before; never below nothing. What one is spared goes to the others.
    """
    kinds = _kinds(rules)
    total = sum(kinds[duty.kind].points for duty in duties)
    counted = [person for person in people if person.share > 0]
    parts = {person.id: 0.0 for person in people}
    while counted:
        whole = (total + sum(person.before for person in counted)) / sum(person.share for person in counted)
        spared = [person for person in counted if person.share * whole < person.before]
        if not spared:
            return {**parts, **{person.id: person.share * whole - person.before for person in counted}}
        counted = [person for person in counted if person not in spared]
    return parts


def broken_rules(person: Person, held: Sequence[Duty], rules: RotaRules, *, new: Duty | None = None) -> list[str]:
    """
    Say what a person's duties break.

    Parameters
    ----------
    held : sequence of Duty
        Everything the person does, in any order, ``new`` among it or not.
    new : Duty, optional
        Say only what this one breaks.

    Returns
    -------
    list of str
        Sentences; empty when all is well.
    """
    kinds, ordered = _kinds(rules), sorted({*held, *([new] if new else [])})
    said = []
    for duty in ordered if new is None else [new]:
        kind = kinds[duty.kind]
        if kind.needs and kind.needs not in person.can:
            said.append(f"{person.name} cannot do {kind.name.lower()}: it needs “{kind.needs}”.")
        if duty.on in person.away:
            said.append(f"{person.name} is away on {duty.on:%d/%m/%Y}.")
    about = None if new is None else new.on
    said += _too_close(person, ordered, rules, about)
    said += _too_many(person, ordered, rules, about)
    return said


def _too_close(person: Person, ordered: Sequence[Duty], rules: RotaRules, about: date | None) -> list[str]:
    kinds, said = _kinds(rules), []
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if about is not None and about not in (earlier.on, later.on):
            continue
        if not _rested(earlier, later, kinds, rules.rest_hours):
            if earlier.on == later.on:
                said.append(f"{person.name} would do two duties on {later.on:%d/%m/%Y} without a rest.")
            else:
                said.append(
                    f"{person.name} would have less than {rules.rest_hours:g} hours' rest before {later.on:%d/%m/%Y}."
                )
    return said


def _too_many(person: Person, ordered: Sequence[Duty], rules: RotaRules, about: date | None) -> list[str]:
    days = sorted({duty.on for duty in ordered})
    said = []
    for first in days:
        window = [day for day in days if first <= day < first + timedelta(days=rules.most_days_running + 1)]
        if len(window) > rules.most_days_running and (about is None or about in window):
            said.append(
                f"{person.name} would work more than {rules.most_days_running} days running from {first:%d/%m/%Y}."
            )
            break
    for monday in sorted({_monday(day) for day in days}):
        number = sum(_monday(duty.on) == monday for duty in ordered)
        if number > rules.most_in_week and (about is None or _monday(about) == monday):
            said.append(
                f"{person.name} would do {number} duties in the week of {monday:%d/%m/%Y}; "
                f"{rules.most_in_week} is the most."
            )
    weekends = sorted({_monday(day) for day in days if day.weekday() >= 5})
    for first in weekends:
        four = [each for each in weekends if first <= each < first + timedelta(weeks=4)]
        here = about is None or (about.weekday() >= 5 and _monday(about) in four)
        if len(four) > rules.weekends_of_four and here:
            said.append(
                f"{person.name} would work {len(four)} weekends of the four from {first:%d/%m/%Y}; "
                f"{rules.weekends_of_four} is the most."
            )
            break
    return said


def _kinds(rules: RotaRules) -> dict[str, DutyKind]:
    return {kind.id: kind for kind in rules.duties}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _starts(duty: Duty, kinds: Mapping[str, DutyKind]) -> datetime:
    return datetime.combine(duty.on, time.fromisoformat(kinds[duty.kind].starts))


def _rested(one: Duty, other: Duty, kinds: Mapping[str, DutyKind], hours: float) -> bool:
    earlier, later = sorted((one, other), key=lambda duty: _starts(duty, kinds))
    ends = _starts(earlier, kinds) + timedelta(hours=kinds[earlier.kind].hours)
    return _starts(later, kinds) - ends >= timedelta(hours=hours)


# --- filling -------------------------------------------------------------------------------------------
def fill(
    people: Sequence[Person],
    duties: Sequence[Duty],
    rules: RotaRules,
    *,
    fixed: Mapping[Duty, int] | None = None,
    around: Mapping[int, Sequence[Duty]] | None = None,
) -> Filled:
    """
    Fill a rota.

    Parameters
    ----------
    people : sequence of Person
        Who may be put on it.
    duties : sequence of Duty
        What is to be filled, as ``duties_of`` gives it.
    rules : RotaRules
        The limits, from the pack.
    fixed : mapping of Duty to person's id, optional
        Set by hand: they stay, even where they break a rule (the page says which).
    around : mapping of person's id to duties, optional
        What they already do just before and after, in published rotas.

    Returns
    -------
    Filled
        With nobody on a duty that nobody may do.
    """
    model = _Model(people, duties, rules, dict(fixed or {}), {k: list(v) for k, v in (around or {}).items()})
    who, gap, proved = model.solved()
    kinds, parts = _kinds(rules), fair_parts(people, duties, rules)
    load = {person.id: 0.0 for person in people}
    for duty, person in who.items():
        if person is not None:
            load[person] += kinds[duty.kind].points
    spread = max((abs(load[p.id] - parts[p.id]) for p in people), default=0.0)
    held = {p.id: [d for d, w in who.items() if w == p.id] + model.around.get(p.id, []) for p in people}
    because = {
        duty: [said[0] for p in people if (said := broken_rules(p, held[p.id], rules, new=duty))]
        for duty, person in who.items()
        if person is None
    }
    return Filled(who, load, parts, spread, gap, proved, because)


class _Model:
    """The rota as a mixed-integer programme for HiGHS: one variable for each person and duty that may meet."""

    def __init__(
        self,
        people: Sequence[Person],
        duties: Sequence[Duty],
        rules: RotaRules,
        fixed: dict[Duty, int],
        around: dict[int, list[Duty]],
    ):
        import highspy

        self.people, self.duties, self.rules, self.fixed, self.around = people, sorted(duties), rules, fixed, around
        self.kinds = _kinds(rules)
        self.h = highspy.Highs()  # type: ignore[no-untyped-call]
        self.h.setOptionValue("output_flag", False)
        self.h.setOptionValue("threads", 1)  # the same answer each time
        self.h.setOptionValue("random_seed", 20200323)
        self.h.setOptionValue("time_limit", rules.seconds)
        self.h.setOptionValue("mip_abs_gap", rules.gap)
        self.h.setOptionValue("mip_rel_gap", 0.0)
        self.x = {
            (person.id, duty): self.h.addBinary()
            for person in people
            for duty in self.duties
            if fixed.get(duty, person.id) == person.id and (duty in fixed or self._alone_allowed(person, duty))
        }

    def _alone_allowed(self, person: Person, duty: Duty) -> bool:
        return person.share > 0 and not broken_rules(person, self.around.get(person.id, []), self.rules, new=duty)

    def solved(self) -> tuple[dict[Duty, int | None], float, bool]:
        """Give who does what, the gap left [points] and whether that is proved within the rules' gap."""
        import highspy

        opened = {duty: self.h.addVariable(0, 0 if duty in self.fixed else 1) for duty in self.duties}
        for duty in self.duties:
            takers = [self.x[p.id, duty] for p in self.people if (p.id, duty) in self.x]
            self.h.addConstr(sum(takers, opened[duty] * 1) == 1)
        for person in self.people:
            self._limits(person)
        objective = self._unfairness()
        for duty, left in opened.items():
            objective = objective + left * (OPEN * self.kinds[duty.kind].points)
        self.h.minimize(objective)
        status = self.h.getModelStatus()
        info, values = self.h.getInfo(), self.h.getSolution().col_value
        if not values or not info.valid or info.objective_function_value >= highspy.kHighsInf:
            return dict.fromkeys(self.duties), float("inf"), False
        who: dict[Duty, int | None] = dict.fromkeys(self.duties)
        for (person_id, duty), variable in self.x.items():
            if values[variable.index] > 0.5:
                who[duty] = person_id
        gap = max(0.0, info.objective_function_value - info.mip_dual_bound)
        return who, gap, status == highspy.HighsModelStatus.kOptimal

    def _limits(self, person: Person) -> None:
        """Rest, days running, duties in a week and weekends of four, for everything set by the solver."""
        mine = [duty for duty in self.duties if (person.id, duty) in self.x and duty not in self.fixed]
        held = [duty for duty in self.duties if self.fixed.get(duty) == person.id] + self.around.get(person.id, [])
        mine = [d for d in mine if not broken_rules(person, held, self.rules, new=d) or not held]
        for duty in [d for d in self.duties if (person.id, d) in self.x and d not in self.fixed and d not in mine]:
            self.h.addConstr(self.x[person.id, duty] == 0)
        var = {duty: self.x[person.id, duty] for duty in mine}
        for place, one in enumerate(mine):
            for other in mine[place + 1 :]:
                if (other.on - one.on).days > 2:
                    break
                if not _rested(one, other, self.kinds, self.rules.rest_hours):
                    self.h.addConstr(var[one] + var[other] <= 1)
        self._in_windows(var, held)

    def _in_windows(self, var: Mapping[Duty, Any], held: Sequence[Duty]) -> None:
        rules, every = self.rules, [*var, *held]
        weeks = sorted({_monday(duty.on) for duty in every})
        for monday in weeks:
            self._most([d for d in every if _monday(d.on) == monday], var, rules.most_in_week)
        days = sorted({duty.on for duty in every})
        busy = {day: self._busy([d for d in every if d.on == day], var) for day in days}
        for first in days:
            window = [day for day in days if first <= day <= first + timedelta(days=rules.most_days_running)]
            if len(window) > rules.most_days_running:
                self.h.addConstr(sum((busy[day] for day in window[1:]), busy[window[0]]) <= rules.most_days_running)
        weekends = [week for week in weeks if any(_monday(d.on) == week and d.on.weekday() >= 5 for d in every)]
        used = {
            week: self._busy([d for d in every if _monday(d.on) == week and d.on.weekday() >= 5], var)
            for week in weekends
        }
        for first in weekends:
            four = [week for week in weekends if first <= week < first + timedelta(weeks=4)]
            if len(four) > rules.weekends_of_four:
                self.h.addConstr(sum((used[w] for w in four[1:]), used[four[0]]) <= rules.weekends_of_four)

    def _busy(self, duties: Sequence[Duty], var: Mapping[Duty, Any]) -> Any:
        """Give 1 where any of these is done."""
        if any(duty not in var for duty in duties):
            return self.h.addVariable(1, 1) * 1
        busy = self.h.addVariable(0, 1)
        for duty in duties:
            self.h.addConstr(busy - var[duty] >= 0)
        return busy * 1

    def _most(self, duties: Sequence[Duty], var: Mapping[Duty, Any], most: int) -> None:
        free = [var[duty] for duty in duties if duty in var]
        left = most - sum(duty not in var for duty in duties)
        if len(free) > max(left, 0):
            self.h.addConstr(sum(free[1:], free[0] * 1) <= max(left, 0))

    def _unfairness(self) -> Any:
        """The largest distance from a fair part in points; the sum of all only decides between equals."""
        parts = fair_parts(self.people, self.duties, self.rules)
        worst = self.h.addVariable(0, self.h.inf)
        total = worst * 1.0
        for person in self.people:
            mine = [(self.x[person.id, d], self.kinds[d.kind].points) for d in self.duties if (person.id, d) in self.x]
            off = self.h.addVariable(0, self.h.inf)
            load = sum((v * points for v, points in mine), off * 0.0)
            self.h.addConstr(load - off <= parts[person.id])
            self.h.addConstr(load + off >= parts[person.id])
            self.h.addConstr(worst - off >= 0)
            total = total + off * 0.001
        return total
