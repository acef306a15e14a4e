"""
Telling people of what happens to entries, as the definition's alerts say: who, and by which way.

The notice in Keepsight is always at once. A message leaves at once or with the next digest, never
from an exercise, and carries no word of the entry.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from django.db.models import Q
from django.utils import timezone

from keepsight.apps.accounts.models import Membership, Role, User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import notices, sending
from keepsight.apps.registers.actions import messages
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Notice, Register
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import AlertRule

HOW = ("at_once", "daily", "weekly")  # the soonest first: who is told in two ways is told in the sooner
FOR_THOSE_NAMED = "daily"  # who is mentioned where the definition says nothing of it
WORDS = {
    "added": "has been added",
    "assigned": "has been given out",
    "moved": "has moved on",
    "mentioned": "has a comment that mentions you",
    "due_soon": "is due soon",
    "overdue": "is overdue",
}
Recipients = dict[int, str]  # user id → how


def tell(entry: Entry, alert: str, *, at: datetime, by: User | None = None, users: Iterable[User] = ()) -> list[Notice]:
    """
    Tell of one thing that happened to an entry: those whom the definition's alerts name, and ``users``.

    Never ``by``, and only people who may read the entry. Inside the caller's transaction, before
    its event.

    Returns
    -------
    list of Notice
        Those written.
    """
    return Telling(entry.register, at).tell([entry], alert, by=by, users=list(users))


class Telling:
    """Tells of many entries of one register at one moment; reads each person's rights once."""

    def __init__(self, register: Register, at: datetime, *, grants: dict[int, Grants] | None = None):
        assert register.current is not None, "A register that is not installed has no rules."
        self.register, self.at = register, at
        self.rule: Rule = rule_of(register.current)
        self.on = timezone.localtime(at).date()
        self.grants = {} if grants is None else grants
        self._holding = cache(self._read_holders)

    def tell(
        self, entries: list[Entry], alert: str, *, by: User | None = None, users: Iterable[User] = (),
        once: Mapping[int, str] | None = None,
    ) -> list[Notice]:  # fmt: skip
        """Tell of the same alert for several entries. ``once``: entry id → what is told once only."""
        wanted = self._wanted(entries, alert, by, list(users))
        if not wanted:
            return []
        people = {each.pk: each for each in User.objects.filter(pk__in=set().union(*wanted.values()), is_active=True)}
        wanted = self._who_may_read(entries, wanted, people)
        told = self._already(wanted, once or {})
        rows: list[Notice] = []
        hows: list[str] = []
        for entry in entries:
            for user, how in wanted.get(entry.pk, {}).items():
                key = (once or {}).get(entry.pk, "")
                if (user, key) in told:
                    continue
                digest = "" if how == "at_once" or entry.exercise_id else how
                said = self._said(entry, alert, people[user])
                rows.append(
                    Notice(user=people[user], entry=entry, alert=alert, said=said, at=self.at, once=key, digest=digest)
                )
                hows.append("" if entry.exercise_id else how)
        Notice.objects.bulk_create(rows, batch_size=500)
        self._mail([row for row, how in zip(rows, hows, strict=True) if how == "at_once"])
        return rows

    def tell_together(self, entries: list[Entry], alert: str, *, by: User | None = None) -> list[Notice]:
        """Tell each person once of many entries that came together, as from a file."""
        wanted = self._wanted(entries, alert, by, [])
        if not wanted:
            return []
        people = {each.pk: each for each in User.objects.filter(pk__in=set().union(*wanted.values()), is_active=True)}
        wanted = self._who_may_read(entries, wanted, people)
        theirs: dict[int, list[Entry]] = {}
        for entry in entries:
            for user in wanted.get(entry.pk, {}):
                theirs.setdefault(user, []).append(entry)
        rows, at_once = [], []
        for user, some in theirs.items():
            how = min((wanted[entry.pk][user] for entry in some), key=HOW.index)
            away = bool(some[0].exercise_id)
            said = self._said_of(some, alert, people[user])
            row = Notice(
                user=people[user], entry=some[0], alert=alert, said=said, at=self.at,
                digest="" if away or how == "at_once" else how,
            )  # fmt: skip
            rows.append(row)
            at_once += [row] if how == "at_once" and not away else []
        Notice.objects.bulk_create(rows)
        self._mail(at_once)
        return rows

    def _said_of(self, entries: list[Entry], alert: str, to: User) -> str:
        if len(entries) == 1:
            return self._said(entries[0], alert, to)
        what = WORDS.get(alert, alert).replace("has ", "have ", 1)
        if alert == "assigned" and all(entry.owner_id == to.pk for entry in entries):
            what = "have been given to you"
        return f"{len(entries):,} {self.rule.plural} {what}"[:200]

    # --- who ------------------------------------------------------------------------------------------
    def _wanted(self, entries: list[Entry], alert: str, by: User | None, users: list[User]) -> dict[int, Recipients]:
        alerts = [each for each in self.rule.alerts if each.when == alert]
        if not alerts and not users:
            return {}
        named = min((each.how for each in alerts), key=HOW.index, default=FOR_THOSE_NAMED)
        wanted = {}
        for entry in entries:
            found: Recipients = {user.pk: named for user in users}
            for rule in alerts:
                if not rule.state or rule.state == entry.state:
                    for user in self._named_by(rule, entry):
                        found[user] = min(found.get(user, rule.how), rule.how, key=HOW.index)
            if by is not None:
                found.pop(by.pk, None)
            if found:
                wanted[entry.pk] = found
        return wanted

    def _named_by(self, rule: AlertRule, entry: Entry) -> set[int]:
        people: set[int | None] = set()
        for each in rule.to:
            if each == "owner":
                people.add(entry.owner_id)
            elif each == "adder":
                people.add(entry.added_by_id)
            elif each == "manager":
                people |= self._holding(Role.TEAM_MANAGER, entry.team_id) if entry.team_id else set()
            else:
                people |= self._holding(each.removeprefix("role:"), None)
        return {user for user in people if user is not None}

    def _read_holders(self, role: str, team: int | None) -> set[int]:
        """Who holds a role today: in the authority, or so that it reaches a team."""
        held = Membership.objects.filter(role=role, starts_on__lte=self.on).exclude(ends_on__lte=self.on)
        here = Q(authority=self.register.authority_id) | Q(partnership__authorities=self.register.authority_id)
        held = held.filter(Q(team=team) | Q(service__teams=team) if team else here)
        return set(held.values_list("user_id", flat=True))

    def _who_may_read(
        self, entries: list[Entry], wanted: dict[int, Recipients], people: dict[int, User]
    ) -> dict[int, Recipients]:
        """Take away everybody who may not read the entry: one question for each person."""
        asked: dict[int, list[Entry]] = {}
        for entry in entries:
            for user in wanted.get(entry.pk, {}):
                if user in people:
                    asked.setdefault(user, []).append(entry)
        allowed: dict[int, Recipients] = {}
        for user, theirs in asked.items():
            if user not in self.grants:
                self.grants[user] = grants_of(people[user], self.at)
            for place in {entry.exercise_id: entry.exercise for entry in theirs}.values():
                visible = entries_visible_to(self.grants[user], self.register, exercise=place)
                for pk in visible.filter(pk__in=[each.pk for each in theirs]).values_list("pk", flat=True):
                    allowed.setdefault(pk, {})[user] = wanted[pk][user]
        return allowed

    def _already(self, wanted: dict[int, Recipients], once: Mapping[int, str]) -> set[tuple[int, str]]:
        keys = {once[pk] for pk in wanted if once.get(pk)}
        return set(Notice.objects.filter(once__in=keys).values_list("user_id", "once")) if keys else set()

    # --- what -----------------------------------------------------------------------------------------
    def _said(self, entry: Entry, alert: str, to: User) -> str:
        what = WORDS.get(alert, alert)
        if alert == "assigned" and entry.owner_id == to.pk:
            what = "has been given to you"
        return f"{self.rule.name} {self.rule.prefix}-{entry.number} {what}"[:200]

    def _mail(self, rows: list[Notice]) -> None:
        if not rows or not sending.is_open():
            return
        unwanted = notices.without_mail({row.user_id for row in rows}, self.register)
        for row in rows:
            if row.user_id not in unwanted:
                messages.queue(
                    self.register.authority, to=row.user.email, user=row.user, at=self.at,
                    subject=f"Keepsight: {row.said}", body=notices.mail_about(f"{row.said}."),
                )  # fmt: skip
