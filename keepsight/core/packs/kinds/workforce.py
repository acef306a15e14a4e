"""Rules about staff as data: the out-of-hours rota, and what counts as enough people (WRK-01, WRK-05)."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table, choice

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class DutyKind(Sourced):
    """One kind of duty on a rota."""

    id: str
    name: str
    days: tuple[str, ...]  # mon … sun, and "holiday" for bank holidays
    people: int = 1
    starts: str  # 17:00
    hours: float
    points: float = 1.0  # how heavy it is; shared out fairly
    needs: str = ""  # what somebody must be able to do; empty: anybody on the rota


@dataclass(frozen=True, kw_only=True)
class RotaRules(Table):
    """The rules within which a rota is filled. None is ever broken by the product itself."""

    duties: tuple[DutyKind, ...]
    rest_hours: float  # between two duties of one person
    most_days_running: int
    most_in_week: int  # duties of one person, Monday to Sunday
    weekends_of_four: int  # at most so many weekends with a duty in any four
    seconds: float  # that the solver may take
    gap: float  # a fair share is proved to within this, in points


@dataclass(frozen=True, kw_only=True)
class AbsenceKind(Sourced):
    """Why somebody is not at work as usual."""

    id: str
    name: str
    works: str = choice(("no", "remote"))  # somebody who isolates and is well works from home
    days: int = 0  # when nobody says until when: as long as this. [days]
    confidential: bool = True  # its kind is for those who may see single people's reasons


@dataclass(frozen=True, kw_only=True)
class StaffingRules(Table):
    """What counts as present, and what is said when too few are."""

    absences: tuple[AbsenceKind, ...]
    least_share: float  # of a team's people, where no minimum of its own is set. [0–1]
    warn_share: float  # above the minimum by less than this: close to it
    ahead_days: int  # how far the forecast looks
    small_team: int  # a team of fewer is shown without its kinds of absence
    single_worker_cases: int  # a child all of whose work hangs on one absent person is told from so many cases on
