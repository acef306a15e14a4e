"""Tables about people's access: roles, classes of record, and how long what is kept (RULES §5)."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table, choice


@dataclass(frozen=True, kw_only=True)
class RoleRule:
    """One role in plain words, as a list of named permissions."""

    id: str
    name: str
    words: str  # what somebody in this role is here for
    permissions: tuple[str, ...]
    with_reason: tuple[str, ...] = ()  # held only for a record opened with a reason, by name or by break-glass
    children: bool = False  # can see a child: a second factor is needed at sign-in
    early_help: bool = False  # an authority-wide role reaches early help records too
    social_care: bool = True  # an authority-wide role reaches more than early help
    restricted: bool = False  # learns that a restricted record exists (EDT and front-door screeners)
    portal: bool = False  # works for somebody else: sees the pages of a school, a provider or members only
    scopes: tuple[str, ...] = ()  # how far it may be given: own, team, service, authority, partnership
    stand_ins: tuple[str, ...] = ()  # who may stand in for its holder: holders of these roles; none: it is never lent
    arranges_for: tuple[str, ...] = ()  # the roles of those for whom its holder arranges cover
    never_with: tuple[str, ...] = ()  # roles that the same person may not hold too

    @property
    def lendable(self) -> bool:
        """Whether somebody who stands in for its holder has it for those days."""
        return bool(self.stand_ins)


@dataclass(frozen=True, kw_only=True)
class Roles(Table):
    """All roles."""

    roles: tuple[RoleRule, ...]


@dataclass(frozen=True, kw_only=True)
class Accounts(Table):
    """What is watched about accounts, in days."""

    never_signed_in_days: int  # an account nobody has signed in with by then is listed
    unused_days: int
    ending_soon_days: int
    cover_days_at_most: int
    reason_at_least: int  # letters


@dataclass(frozen=True, kw_only=True)
class RecordClass(Sourced):
    """One class of record: who sees the row, that it exists, and what is in it; in words for the reference."""

    id: str
    name: str
    row: str
    exists: str
    content: str
    how: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason that one may choose."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NamedAccess(Sourced):
    """How long named access to a record lasts, by why somebody needs it."""

    id: str
    name: str
    days: int = 0
    months: int = 0


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often one person may do a thing: so many events of these kinds in so many minutes."""

    id: str
    events: tuple[str, ...]
    most: int
    minutes: int
    words: str
    source: str = ""  # only events whose source begins so; empty: from wherever


@dataclass(frozen=True, kw_only=True)
class Access(Table):
    """Classes of record, and the times of RULES §5."""

    classes: tuple[RecordClass, ...]
    restricted_because: tuple[Reason, ...]
    named: tuple[NamedAccess, ...]
    reasons: tuple[Reason, ...]  # to open a record without working with the child
    emergencies: tuple[Reason, ...]  # to break the glass
    rates: tuple[Rate, ...]
    reason_at_least: int  # letters
    review_days: int  # restricted records are looked at again
    reason_hours: int  # a reason opens the record for
    break_glass_hours: int
    outside_team_sample: int  # accesses drawn each month


RECORDS = ("adoption_order", "looked_after", "on_plan", "in_need", "escalated", "early_help", "contact", "ehcp")
PARTS = ("health", "extras")  # of a record: the record itself stays


@dataclass(frozen=True, kw_only=True)
class RetentionRule(Sourced):
    """How long one kind of record is kept, counted from what."""

    id: str
    name: str
    applies: str = choice(("", *RECORDS, *PARTS), default="")  # to whom: a column of core.retention.FACTS
    counted_from: str = choice(("birth", "order", "closure", "event", "year_end", "never"))
    years: int = 0
    months: int = 0
    after_death_years: int = 0  # instead, if the child died before eighteen
    social_care: bool = True  # never destroyed without the owner's approval
    owner_role: str = "leader"


@dataclass(frozen=True, kw_only=True)
class Retention(Table):
    """The schedule."""

    schedule: tuple[RetentionRule, ...]
