"""Who looked: what the log says about a child or a person, and the month's sample of looks from outside the team."""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Authority, Cover, Membership, User, Worker
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.audit import sealing
from keepsight.apps.audit.models import Anchor, ChainHead, Event, EventKind
from keepsight.apps.governance.models import LookReview
from keepsight.apps.people.models import AccessKind, Child, Identifier, Involvement, RecordAccess
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Access
from keepsight.core.terms import IdentifierScheme, RecordClass

ROWS_A_PAGE = 50
FOUND_AT_MOST = 10
CALENDAR = ZoneInfo("Europe/London")
K = EventKind
GROUPS: dict[str, tuple[str, tuple[EventKind, ...]]] = {
    "opened": ("Opened the record", (K.CHILD_OPENED, K.SAFE_CONTACT_VIEWED)),
    "shown": (
        "Seen in a list, a search or a register",
        (
            K.LIST_OPENED, K.SEARCHED, K.KNOWN_CHECKED, K.PORTAL_OPENED, K.REGISTER_VIEWED, K.ENTRY_VIEWED,
            K.ATTACHMENT_OPENED,
        ),
    ),
    "taken": ("Exported or printed", (K.EXPORTED, K.PRINTED, K.SUBJECT_ACCESS_MADE)),
    "changed": (
        "Changed something",
        (
            K.VISIT_RECORDED, K.SIGHTING_RECORDED, K.RATING_CONFIRMED, K.RATING_OVERRIDDEN, K.RATING_APPROVED,
            K.VIRTUAL_APPROVED, K.PLANNED, K.SAFE_CONTACT_CHANGED, K.RESTRICTED, K.RESTRICTION_REVIEWED,
            K.RESTRICTION_ENDED, K.POST_ADOPTION_MADE, K.ANONYMISED, K.DESTROYED, K.HOLD_PLACED, K.HOLD_LIFTED,
            K.ENTRY_ADDED, K.ENTRY_CHANGED, K.ENTRY_MOVED, K.ENTRY_ASSIGNED, K.ENTRY_COMMENTED, K.ENTRY_LINKED,
            K.ATTACHMENT_ADDED, K.ATTACHMENT_TAKEN_AWAY,
        ),
    ),
    "refused": ("Was refused", (K.DENIED, K.ACCESS_REFUSED, K.OWN_RECORD_BLOCKED)),
    "exceptions": (
        "Gave a reason, was named, or broke the glass",
        (K.REASON_GIVEN, K.BREAK_GLASS, K.BREAK_GLASS_REVIEWED, K.ACCESS_ASKED, K.ACCESS_GRANTED, K.ACCESS_ENDED),
    ),
    "log": ("Read this log", (K.AUDIT_VIEWED,)),
}  # fmt: skip
SHOWING = GROUPS["shown"][1] + GROUPS["taken"][1] + (K.AUDIT_VIEWED,)  # kinds that may put several children before one


class Look(NamedTuple):
    """One event, as the pages of the log need it."""

    pk: int
    seq: int
    at: datetime
    actor_id: str
    actor_name: str
    actor_roles: str
    kind: str
    authority_code: str
    subject_type: str
    subject_id: str
    reason: str
    source: str
    address: str
    detail: dict[str, Any]


def places_of(grants: Grants) -> dict[int, Authority]:
    """The authorities whose log this person reads."""
    whole = grants.scope(Permission.AUDIT_VIEW).authority_ids
    return {authority.pk: authority for authority in Authority.objects.filter(pk__in=whole).order_by("name")}


def children_of_the_log(grants: Grants) -> QuerySet[Child]:
    """The children about whom this person may ask the log: of those authorities, and not their own or a relative's."""
    whole = grants.scope(Permission.AUDIT_VIEW).authority_ids
    return Child.objects.filter(authority_id__in=whole).exclude(pk__in=grants.blocked)


def find_children(grants: Grants, *, number: str, name: str, born: date | None) -> list[Child]:
    """Children by a number, or by name and date of birth together."""
    children = children_of_the_log(grants)
    if number:
        known = Identifier.objects.filter(value__iexact=number.replace(" ", "")).values("child_id")
        children = children.filter(pk__in=known)
    else:
        children = children.filter(date_of_birth=born)
        for part in name.split():
            children = children.filter(Q(surname__istartswith=part) | Q(forename__istartswith=part))
    return list(children.order_by("pk")[:FOUND_AT_MOST])


def numbers_of(children: Iterable[int]) -> dict[int, str]:
    """The number by which the case system knows each child; a restricted record has none here."""
    known = Identifier.objects.filter(child_id__in=set(children), scheme=IdentifierScheme.LA_CHILD_ID)
    known = known.exclude(child__record_class=RecordClass.RESTRICTED).order_by("pk")
    return dict(known.values_list("child_id", "value"))


def restricted_among(children: Iterable[int]) -> set[int]:
    """Those whose record is restricted."""
    held = Child.objects.filter(pk__in=set(children), record_class=RecordClass.RESTRICTED)
    return set(held.values_list("pk", flat=True))


def find_people(grants: Grants, words: str) -> list[User]:
    """People who hold or held a role in these authorities, by name or address."""
    whole = grants.scope(Permission.AUDIT_VIEW).authority_ids
    found = people_of_the_log(whole)
    if "@" in words:
        return list(found.filter(email__iexact=words)[:FOUND_AT_MOST])
    for part in words.split():
        found = found.filter(name__icontains=part)
    return list(found.order_by("name", "pk")[:FOUND_AT_MOST])


def people_of_the_log(authority_ids: Iterable[int]) -> QuerySet[User]:
    """Everybody who ever held a role in these authorities."""
    of_partnership = Membership.objects.filter(partnership__authorities__in=authority_ids).values("user_id")
    here = Membership.objects.filter(authority_id__in=authority_ids).values("user_id")
    return User.objects.filter(Q(pk__in=here) | Q(pk__in=of_partnership))


def looks_at(
    child: Child, *, since: datetime, until: datetime, group: str = "", before: int | None = None
) -> tuple[list[Look], bool]:
    """
    What was done with a child's record and where it was shown, newest first, and whether there is more.

    ``before`` is the id of the last event of the page before. Two look-ups, each by its own index.
    """
    found: dict[int, Look] = {}
    for events in (Event.objects.about(child.pk, str(child.ref)), Event.objects.showing(child.pk)):
        kinds = GROUPS[group][1] if group else ()
        wanted = events.between(since, until)
        if kinds:
            wanted = wanted.filter(kind__in=kinds)
        if before is not None:
            wanted = wanted.filter(pk__lt=before)
        found |= {look.pk: look for look in _newest(wanted)}
    newest = sorted(found.values(), key=lambda look: -look.pk)
    return newest[:ROWS_A_PAGE], len(newest) > ROWS_A_PAGE


def looks_by(
    user: User, places: Sequence[Authority], *, since: datetime, until: datetime, group: str = "",
    before: int | None = None,
) -> tuple[list[Look], bool, int | None]:  # fmt: skip
    """
    What a person did, newest first, whether there is more, and where the next page begins.

    Events of other authorities are left out, and so are other authorities' children within a list.
    """
    codes = [place.code for place in places]
    wanted = Event.objects.filter(actor_id=str(user.pk), authority_code__in=["", *codes]).between(since, until)
    if group:
        wanted = wanted.filter(kind__in=GROUPS[group][1])
    if before is not None:
        wanted = wanted.filter(pk__lt=before)
    newest = _newest(wanted)
    page, more = newest[:ROWS_A_PAGE], len(newest) > ROWS_A_PAGE
    last = page[-1].pk if more else None
    ours = _ours(page, {place.pk for place in places})
    return list(_within(page, ours)), more, last


def _newest(events: QuerySet[Event]) -> list[Look]:
    rows = events.order_by("-pk").values_list("pk", *Look._fields[1:])[: ROWS_A_PAGE + 1]
    return [Look(*row) for row in rows]


def children_in(looks: Iterable[Look]) -> set[int]:
    """Ids of the children whom these events are about."""
    return {int(look.subject_id) for look in looks if look.subject_type == "child" and look.subject_id.isdecimal()}


def _ours(looks: Sequence[Look], places: set[int]) -> set[int]:
    named = children_in(looks).union(*(look.detail.get("shown", ()) for look in looks))
    return set(Child.objects.filter(pk__in=named, authority_id__in=places).values_list("pk", flat=True))


def _within(looks: Iterable[Look], ours: set[int]) -> Iterator[Look]:
    """What of this belongs to the authorities in whose log one reads."""
    for look in looks:
        if look.subject_type == "child" and look.subject_id.isdecimal() and int(look.subject_id) not in ours:
            continue
        shown = look.detail.get("shown", [])
        kept = [child for child in shown if child in ours]
        if shown and not kept:
            continue
        yield look._replace(detail={**look.detail, "shown": kept}) if shown else look


# --- the month's sample ------------------------------------------------------------------------------
def sample_size() -> int:
    """How many looks are drawn each month."""
    return book().read("access", Access).outside_team_sample


def sample_of(authority: Authority, month: date) -> tuple[list[Look], int]:
    """
    Draw the month's looks from outside the team: the same ones whenever asked, and how many looks there were.

    The draw is by a key that nobody sees, so nobody knows beforehand which look will be drawn; then
    each in turn is held to who worked with the child on that day, until there are enough.
    """
    since, until = month_bounds(month)
    opened = Event.objects.filter(kind=EventKind.CHILD_OPENED, authority_code=authority.code, subject_type="child")
    opened = opened.between(since, until)
    drawn = sorted(opened.values_list("seq", flat=True).iterator(), key=lambda seq: _lot(authority, month, seq))
    wanted, found = sample_size(), []
    for start in range(0, len(drawn), wanted * 4):
        if len(found) >= wanted:
            break
        some = opened.filter(seq__in=drawn[start : start + wanted * 4])
        by_seq = {row[1]: Look(*row) for row in some.values_list("pk", *Look._fields[1:])}
        in_turn = [by_seq[seq] for seq in drawn[start : start + wanted * 4]]
        found += _from_outside(in_turn)
    return sorted(found[:wanted]), len(drawn)


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month, and of the next."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return start_of(month), start_of(following)


def start_of(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime(day.year, day.month, day.day, tzinfo=CALENDAR)


def _lot(authority: Authority, month: date, seq: int) -> bytes:
    return hmac.digest(sealing.key(), f"sample:{authority.code}:{month:%Y-%m}:{seq}".encode(), "sha256")


def _from_outside(looks: Sequence[Look]) -> list[Look]:
    """Those whose person was neither the child's worker on that day nor had a role in a team that worked with it."""
    people = {int(look.actor_id) for look in looks if look.actor_id.isdecimal()}
    workers, roles = _workers_of(people), _places_of_roles(people)
    working = _who_worked_with(children_in(looks))
    outside = []
    for look in looks:
        on = look.at.astimezone(CALENDAR).date()
        here = [spell for spell in working[int(look.subject_id)] if spell.holds(on)]
        their = {place for place, first, last in roles[look.actor_id] if first <= on and (last is None or on < last)}
        worker = any(spell.worker in workers[look.actor_id] for spell in here if spell.worker is not None)
        if not worker and not any(spell.team in their for spell in here if spell.team is not None):
            outside.append(look)
    return outside


class _Spell(NamedTuple):
    worker: int | None
    team: int | None
    first: date
    last: date | None

    def holds(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


def _who_worked_with(children: Iterable[int]) -> dict[int, list[_Spell]]:
    spells: dict[int, list[_Spell]] = defaultdict(list)
    rows = Involvement.objects.filter(child_id__in=children).values_list(
        "child_id", "worker_id", "team_id", "started_on", "ended_on"
    )
    for child, *spell in rows:
        spells[child].append(_Spell(*spell))
    return spells


def _workers_of(people: Iterable[int]) -> dict[str, set[int]]:
    own: dict[str, set[int]] = defaultdict(set)
    for user, worker in Worker.objects.filter(user_id__in=people).values_list("user_id", "pk"):
        own[str(user)].add(worker)
    return own


def _places_of_roles(people: set[int]) -> dict[str, list[tuple[int, date, date | None]]]:
    """The single teams in which each held a role, with its days; those of whom they stood in for too."""
    stood_in = list(Cover.objects.filter(stand_in_id__in=people).values_list(
        "stand_in_id", "absent_id", "starts_on", "ends_on"
    ))  # fmt: skip
    everybody = people | {absent for _, absent, _, _ in stood_in}
    held: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    members = Membership.objects.filter(user_id__in=everybody)
    for user, team, first, last in members.exclude(team=None).values_list("user_id", "team_id", "starts_on", "ends_on"):
        held[user].append((team, first, last))
    of_services = members.exclude(service=None).exclude(service__teams=None)
    for user, team, first, last in of_services.values_list("user_id", "service__teams", "starts_on", "ends_on"):
        held[user].append((team, first, last))
    places = {str(user): list(held[user]) for user in people}
    for stand_in, absent, first, last in stood_in:
        places[str(stand_in)] += [(team, first, last) for team, _, _ in held[absent]]
    return defaultdict(list, places)


def grounds_of(looks: Iterable[Look]) -> dict[int, str]:
    """By what exception each record was open at that moment: an id of the access pack, by the number of the event."""
    several = list(looks)
    people = {int(look.actor_id) for look in several if look.actor_id.isdecimal()}
    given: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    rows = RecordAccess.objects.filter(user_id__in=people, child_id__in=children_in(several), starts_at__isnull=False)
    rows = rows.exclude(kind=AccessKind.OWN_RECORD).order_by("pk")
    for user, child, *held in rows.values_list("user_id", "child_id", "starts_at", "ends_at", "kind", "because"):
        given[str(user), str(child)].append(tuple(held))
    return {
        look.seq: because or kind
        for look in several
        for starts_at, ends_at, kind, because in given[look.actor_id, look.subject_id]
        if starts_at <= look.at and (ends_at is None or look.at < ends_at)
    }


def reviews_of(looks: Iterable[Look]) -> dict[int, LookReview]:
    """What was said about each look, by the number of its event."""
    kept = LookReview.objects.filter(event_seq__in=[look.seq for look in looks]).select_related("by")
    return {review.event_seq: review for review in kept}


# --- the state of the log ------------------------------------------------------------------------------
def last_check() -> Look | None:
    """The newest check of the log."""
    found = _newest(Event.objects.filter(kind=EventKind.AUDIT_VERIFIED))
    return found[0] if found else None


def newest_anchor() -> Anchor | None:
    """The newest anchor."""
    return Anchor.objects.filter(kind="anchor").order_by("-pk").first()


def events_in_the_log() -> int:
    """The number of the newest event."""
    return ChainHead.objects.values_list("seq", flat=True).get()
