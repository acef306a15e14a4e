"""Answers about people who sign in: who is visible to whom, what they hold, what stands out."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import (
    Authority,
    Cover,
    Membership,
    Partnership,
    Role,
    Service,
    Team,
    User,
    Worker,
)
from keepsight.apps.accounts.permissions import Grants, Permission, rules
from keepsight.apps.accounts.policies import limits
from keepsight.apps.accounts.second_factors import ALSO_NEEDED_BY
from keepsight.apps.audit.models import Event, EventKind

SIGN_IN_EVENTS = (
    EventKind.SIGNED_IN, EventKind.SIGNED_OUT, EventKind.SIGN_IN_FAILED, EventKind.LOCKED_OUT,
    EventKind.SESSIONS_ENDED, EventKind.PASSWORD_CHANGED, EventKind.SECOND_FACTOR_ADDED,
    EventKind.SECOND_FACTOR_REMOVED,
)  # fmt: skip
POWERFUL = (Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE)  # who gives access, and who watches over it


# --- who is visible ------------------------------------------------------------------------------------
def places_seen(grants: Grants) -> frozenset[int]:
    """The authorities whose people a person may read about."""
    return grants.scope(Permission.PEOPLE_VIEW).authority_ids


def _in(authorities: Collection[int]) -> Q:
    """Memberships that reach one of these authorities."""
    shared = Partnership.objects.filter(authorities__in=authorities).values("pk")
    return Q(authority_id__in=authorities) | Q(partnership_id__in=shared)


def memberships_in(authorities: Collection[int]) -> QuerySet[Membership]:
    """Every role ever given there, with the names of its place."""
    related = Membership.objects.select_related("authority", "team", "service", "partnership")
    return related.filter(_in(authorities)).order_by("starts_on", "pk")


def people_visible_to(grants: Grants) -> QuerySet[User]:
    """Everybody who holds or held a role in the authorities where one may look, or is a worker there."""
    return people_in(places_seen(grants))


def people_in(authorities: Collection[int]) -> QuerySet[User]:
    """Everybody who holds or held a role there, or is a worker there."""
    if not authorities:
        return User.objects.none()
    held = Membership.objects.filter(_in(authorities), user=OuterRef("pk"))
    worker = Worker.objects.filter(authority_id__in=authorities, user=OuterRef("pk"))
    return User.objects.filter(Exists(held) | Exists(worker))


def memberships_visible_to(grants: Grants) -> QuerySet[Membership]:
    """The roles that one may read about: those of one's own authorities."""
    return memberships_in(places_seen(grants))


def workers_visible_to(grants: Grants) -> QuerySet[Worker]:
    """Worker rows of the case systems of one's authorities."""
    return Worker.objects.select_related("authority", "team").filter(authority_id__in=places_seen(grants))


# --- what they hold ------------------------------------------------------------------------------------
def held_on(on: date) -> Q:
    """A membership that holds on a day."""
    return Q(starts_on__lte=on) & not_ended(on)


def not_ended(on: date) -> Q:
    """A membership that holds on a day or will later."""
    return Q(ends_on=None) | Q(ends_on__gt=on)


def signs_in(on: date) -> Q:
    """An account with which one may sign in on a day."""
    return Q(is_active=True) & (Q(expires_on=None) | Q(expires_on__gt=on))


def live_memberships(user: User, on: date) -> list[Membership]:
    """What a person holds now or will, everywhere: for decisions, not for pages."""
    held = Membership.objects.select_related("authority", "team", "service", "partnership").filter(user=user)
    return list(held.filter(not_ended(on)).order_by("pk"))


def live_places(user: User, on: date) -> frozenset[int]:
    """Every authority that a person's roles reach, now or later, and where they are a worker."""
    held = Membership.objects.filter(not_ended(on), user=user)
    own = held.filter(partnership=None).values_list("authority_id", flat=True)
    shared = held.exclude(partnership=None).values_list("partnership__authorities", flat=True)
    rows = Worker.objects.filter(user=user).values_list("authority_id", flat=True)
    return frozenset(own) | frozenset(shared) | frozenset(rows)


def past_places(user: User) -> frozenset[int]:
    """Every authority where a person ever held a role: who may open an ended account again."""
    return frozenset(Membership.objects.filter(user=user).values_list("authority_id", flat=True))


def administrators_of(authority: int, on: date) -> QuerySet[User]:
    """Who can change accounts of an authority on a day."""
    held = Membership.objects.filter(_in((authority,)), held_on(on), user=OuterRef("pk"), role=Role.ADMINISTRATOR)
    return User.objects.filter(signs_in(on), Exists(held.filter(team=None, service=None, own_only=False)))


def roles_of(users: Collection[User], within: Collection[int]) -> dict[int, list[Membership]]:
    """The roles of several people in these authorities, in one query."""
    found: dict[int, list[Membership]] = defaultdict(list)
    for held in memberships_in(within).filter(user__in=users):
        found[held.user_id].append(held)
    return found


def second_factors() -> Exists:
    """Whether a person has an authenticator app or a passkey, for ``annotate``."""
    kept = Authenticator.objects.filter(user=OuterRef("pk"))
    return Exists(kept.exclude(type=Authenticator.Type.RECOVERY_CODES))


def with_columns(people: QuerySet[User]) -> QuerySet[User]:
    """The people of a list, with what its columns need."""
    return people.order_by("name", "pk").annotate(has_second_factor=second_factors())


def sign_ins(user: User, most: int = 15) -> list[Event]:
    """The newest events of signing in; nothing of what the person read."""
    kinds = [kind.value for kind in SIGN_IN_EVENTS]
    return list(Event.objects.filter(actor_id=str(user.pk), kind__in=kinds).order_by("-at", "-pk")[:most])


# --- finding -------------------------------------------------------------------------------------------
def states(on: date) -> dict[str, Q]:
    """The states of accounts, as conditions."""
    return {
        "current": signs_in(on),
        "never": Q(is_active=True, last_login=None),
        "expired": Q(is_active=True, expires_on__lte=on),
        "ended": Q(is_active=False),
    }


def narrowed(
    people: QuerySet[User], seen: Collection[int], on: date, *, role: str = "", team: str = "", state: str = "",
) -> QuerySet[User]:  # fmt: skip
    """The people of a role, a team or a state."""
    if role or team:
        held = Membership.objects.filter(_in(seen), held_on(on), user=OuterRef("pk"))
        held = held.filter(role=role) if role else held
        people = people.filter(Exists(held.filter(team_id=team) if team else held))
    return people.filter(states(on)[state]) if state in states(on) else people


def matching(people: QuerySet[User], words: str) -> QuerySet[User]:
    """The people whose name or address holds every word."""
    for word in words.split()[:6]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return people


# --- what stands out -----------------------------------------------------------------------------------
def reports(seen: Collection[int], on: date) -> dict[str, Q]:
    """What an access review looks at, each as a condition on people; a count is the count of its list."""
    numbers = limits()
    live = Membership.objects.filter(_in(seen), held_on(on), user=OuterRef("pk"))
    children = [role for role, rule in rules().items() if rule.children]
    never_before = _morning(on - timedelta(days=numbers.never_signed_in_days))
    unused_before = on - timedelta(days=numbers.unused_days)
    soon = on + timedelta(days=numbers.ending_soon_days)
    last_used = Q(last_used_on__lt=unused_before) | Q(last_used_on=None, last_login__lt=_morning(unused_before))
    ending = Exists(live.filter(ends_on__gt=on, ends_on__lte=soon)) | Q(expires_on__gt=on, expires_on__lte=soon)
    same = User.objects.filter(name__iexact=OuterRef("name"), is_active=True).exclude(pk=OuterRef("pk"))
    given = on - timedelta(days=numbers.ending_soon_days)
    begun = Exists(live.filter(starts_on__lt=on - timedelta(days=numbers.never_signed_in_days)))
    powerful = live.filter(role__in=POWERFUL, starts_on__gte=given)
    return {
        "never": Q(is_active=True, last_login=None) & (Q(created_at__lt=never_before) | (Q(created_at=None) & begun)),
        "unused": Q(is_active=True, last_login__isnull=False) & last_used,
        "no-second-factor": signs_in(on) & Q(Exists(live.filter(role__in=[*children, *ALSO_NEEDED_BY])))
        & ~Q(second_factors()),
        "both": signs_in(on) & Q(Exists(live.filter(role=Role.ADMINISTRATOR)))
        & Q(Exists(live.filter(role__in=children))),
        "ending": signs_in(on) & Q(ending),
        "expired": states(on)["expired"],
        "powerful": signs_in(on) & Q(Exists(powerful)),
        "same-name": Q(is_active=True) & Q(Exists(same)),
        "no-role": signs_in(on) & ~Q(Exists(live)),
    }  # fmt: skip


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def report_counts(seen: Collection[int], on: date) -> dict[str, int]:
    """How many stand in each report, in one query over the same conditions as the lists."""
    conditions = reports(seen, on)
    counts = {f"n{nth}": Count("pk", filter=condition) for nth, condition in enumerate(conditions.values())}
    found = people_in(seen).aggregate(**counts)
    return {name: found[f"n{nth}"] for nth, name in enumerate(conditions)}


def holders(role: str, seen: Collection[int], on: date) -> QuerySet[Membership]:
    """Who holds a role now."""
    return memberships_in(seen).filter(held_on(on), role=role, user__is_active=True).select_related("user")


def holder_counts(seen: Collection[int], on: date) -> dict[str, int]:
    """How many people hold each role now."""
    live = Membership.objects.filter(_in(seen), held_on(on), user__is_active=True)
    return dict(live.values_list("role").annotate(Count("user", distinct=True)).order_by())


# --- places --------------------------------------------------------------------------------------------
def authorities_in(ids: Collection[int]) -> list[Authority]:
    """Authorities by id, by name."""
    return list(Authority.objects.filter(pk__in=ids).order_by("name"))


def teams_in(ids: Collection[int]) -> QuerySet[Team]:
    """Teams with their service and authority."""
    return Team.objects.select_related("authority", "service").filter(authority_id__in=ids).order_by(
        "authority__name", "name"
    )  # fmt: skip


def services_in(ids: Collection[int]) -> QuerySet[Service]:
    """Services with their authority."""
    return Service.objects.select_related("authority").filter(authority_id__in=ids).order_by("authority__name", "name")


def partnerships_within(ids: Collection[int]) -> list[Partnership]:
    """Partnerships all of whose authorities are among these."""
    outside = Authority.objects.exclude(pk__in=ids)
    whole = Partnership.objects.filter(authorities__in=ids).exclude(authorities__in=outside).distinct()
    return list(whole.prefetch_related("authorities").order_by("name"))


def partnerships_touching(ids: Collection[int]) -> list[Partnership]:
    """Partnerships that one of these authorities belongs to."""
    return list(
        Partnership.objects.filter(authorities__in=ids).distinct().prefetch_related("authorities").order_by("name")
    )


def places_offered(ids: Collection[int]) -> dict[str, list[tuple[int, str]]]:
    """What a role can be given for within these authorities, by kind: id and name."""
    authorities = [(each.pk, each.name) for each in authorities_in(ids)]
    several = len(authorities) > 1

    def named(row: Team | Service) -> str:
        return f"{row.name}, {row.authority.name}" if several else row.name

    return {
        "own": authorities,
        "team": [(team.pk, named(team)) for team in teams_in(ids)],
        "service": [(service.pk, named(service)) for service in services_in(ids)],
        "authority": authorities,
        "partnership": [(each.pk, each.name) for each in partnerships_within(ids)],
    }


# --- cover ---------------------------------------------------------------------------------------------
def covers_of(users: Iterable[User], on: date) -> QuerySet[Cover]:
    """Cover of or by these people that holds now or will."""
    users = list(users)
    covers = Cover.objects.select_related("absent", "stand_in").filter(ended_at=None, ends_on__gt=on)
    return covers.filter(Q(absent__in=users) | Q(stand_in__in=users)).order_by("starts_on", "pk")


def clashing_covers(users: Collection[User], starts_on: date, ends_on: date) -> list[Cover]:
    """Cover of or by these people on any of these days."""
    meeting = Cover.objects.filter(ended_at=None, starts_on__lt=ends_on, ends_on__gt=starts_on)
    return list(meeting.filter(Q(absent__in=users) | Q(stand_in__in=users)).order_by("pk"))


def arranged_for(grants: Grants) -> tuple[frozenset[int], frozenset[int]]:
    """The whole authorities and single teams for whose people one arranges cover, by roles of one's own."""
    scope = Grants(grants.memberships, ()).scope(Permission.COVER_ARRANGE)
    return scope.authority_ids, scope.team_ids


def people_arranged_for(grants: Grants, on: date) -> QuerySet[User]:
    """Those for whom one may arrange cover: who works in one's teams or authorities."""
    authorities, teams = arranged_for(grants)
    if not authorities and not teams:
        return User.objects.none()
    lent = [role for role, rule in rules().items() if rule.lendable]
    held = Membership.objects.filter(held_on(on), user=OuterRef("pk"), role__in=lent)
    rows = Worker.objects.filter(team_id__in=teams, user=OuterRef("pk"))
    within = Exists(held.filter(Q(authority_id__in=authorities) | Q(team_id__in=teams)))
    own = Exists(held.filter(own_only=True)) & Exists(rows)
    return User.objects.filter(signs_in(on)).filter(within | own).order_by("name", "pk")


def colleagues_of(user: User, on: date) -> QuerySet[User]:
    """Who could stand in for a person: everybody with a fitting role in an authority where they hold theirs."""
    held = [each for each in live_memberships(user, on) if each.role in rules() and rules()[each.role].lendable]
    fitting = {role for each in held for role in rules()[each.role].stand_ins}
    places = {each.authority_id for each in held}
    theirs = Membership.objects.filter(_in(places), held_on(on), user=OuterRef("pk"), role__in=fitting)
    return User.objects.filter(signs_in(on), Exists(theirs)).exclude(pk=user.pk).order_by("name", "pk")


def names_covered_by(user_id: int, on: date) -> list[str]:
    """Whom a person stands in for on a day, and until when is known from the page of cover."""
    covers = Cover.objects.filter(stand_in_id=user_id, starts_on__lte=on, ends_on__gt=on, ended_at=None)
    return list(covers.filter(absent__is_active=True).values_list("absent__name", flat=True))


def may_stand_aside(grants: Grants) -> bool:
    """Whether a person has any role that somebody could stand in for."""
    return any(role in rules() and rules()[role].lendable for role, _, _ in grants.memberships)
