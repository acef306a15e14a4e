"""
What may be given to whom, and when. Refusals only; nothing is written here.

Nobody gives to themselves. An administrator gives only what lies wholly within the authorities that
they administer. Who watches over access does not give it. An authority is never left without an
administrator. There is no second signature on giving a role: instead every role that gives or watches
over access stands in a report of its own for thirty days, which information governance reads.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from keepsight.apps.accounts.models import Cover, Membership, Role, User, Worker
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, rules
from keepsight.apps.accounts.places import KINDS, Place, place_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Accounts, RoleRule

ADMINISTRATOR = Role.ADMINISTRATOR
UNKNOWN = "This account is not among those that you administer. The administrator of that council can change it."
OUTSIDE = "This reaches an authority that you do not administer. Its own administrator can give it."


class NotThisWay(NotAllowedNow):
    """An answer that cannot be; ``field`` says which."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence, code="not_this_way")
        self.field = field


def limits() -> Accounts:
    """The numbers about accounts in the standing pack."""
    return book().read("accounts", Accounts)


def administered(grants: Grants) -> frozenset[int]:
    """The authorities whose people this person may change: whole ones, held by a role of their own."""
    return Grants(grants.memberships, ()).scope(Permission.PEOPLE_MANAGE).authority_ids


def check_may_manage(grants: Grants, by: User, user: User, places: Collection[int]) -> None:
    """
    Refuse to change an account as a whole: oneself, or somebody who holds a role elsewhere too.

    Raises
    ------
    NotPermitted
        The same whether the person is unknown or another council's.
    """
    check_user_may(grants, Permission.PEOPLE_MANAGE)
    if by.pk == user.pk:
        raise NotPermitted("Nobody changes their own account here. Another administrator can.", code="own_account")
    if not places or not set(places) <= administered(grants):
        raise NotPermitted(UNKNOWN, code="account_not_yours")


def check_may_give(grants: Grants, by: User, user: User, role: str, place: Place) -> None:
    """
    Refuse what this administrator may not give to this person, whatever the dates.

    Raises
    ------
    NotPermitted
        Own account, or a place that is not wholly within the authorities administered.
    """
    check_user_may(grants, Permission.PEOPLE_MANAGE)
    if by.pk == user.pk:
        raise NotPermitted("Nobody gives themselves a role. Another administrator can.", code="own_account")
    if not place.authority_ids <= administered(grants):
        raise NotPermitted(OUTSIDE, code="place_not_yours")


def check_fits(user: User, role: str, place: Place, held: Collection[str]) -> None:
    """
    Refuse a role that cannot be held so, by whoever gives it. ``held`` are roles held now or later.

    Raises
    ------
    NotThisWay
        With the field that should be answered otherwise.
    """
    rule = rules().get(role)
    if rule is None:
        raise NotPermitted("There is no such role.", code="no_such_role")
    if place.kind not in rule.scopes:
        may = ", ".join(KINDS[kind].lower() for kind in rule.scopes)
        raise NotThisWay(f"{rule.name} cannot be given so far or so narrowly. It can be given for: {may}", "reach")
    if not user.is_active:
        raise NotThisWay("This account has ended. Open it again first", "role")
    for other in held:
        if other in rules() and (clash := _clash(rule, rules()[other])):
            raise NotThisWay(clash, "role")


def _clash(rule: RoleRule, held: RoleRule) -> str:
    if held.id in rule.never_with:
        return f"Nobody is both {rule.name.lower()} and {held.name.lower()}: who watches over access does not give it"
    if rule.portal != held.portal:
        inside, outside = (held, rule) if rule.portal else (rule, held)
        return f"{outside.name} is for people outside the service, and {inside.name.lower()} for people in it"
    return ""


def check_days(starts_on: date, ends_on: date | None, on: date) -> None:
    """
    Refuse to begin in the past, or to end before beginning. ``ends_on`` is the first day without.

    Raises
    ------
    NotThisWay
    """
    if starts_on < on:
        raise NotThisWay("The first day must be today or later", "starts_on")
    if ends_on is not None and ends_on <= starts_on:
        raise NotThisWay("The last day must not be before the first", "last_day")


def check_reason(reason: str) -> None:
    """
    Refuse a change without a reason.

    Raises
    ------
    NotThisWay
    """
    if len(reason.strip()) < limits().reason_at_least:
        raise NotThisWay("Say why, in a few words", "reason")


def check_not_the_last(left: QuerySet[User]) -> None:
    """
    Refuse to leave an authority without an administrator. ``left`` are those who would still be it.

    Raises
    ------
    NotThisWay
    """
    if not left.exists():
        raise NotThisWay(
            "This is the last administrator of an authority. Give somebody else the role first: otherwise nobody "
            "could make accounts there", "reason",
        )  # fmt: skip


# --- cover ---------------------------------------------------------------------------------------------
def check_may_arrange(grants: Grants, by: User, absent: User, lent: Collection[tuple[str, Place]]) -> None:
    """
    Refuse cover for somebody whose roles this person may not pass on. For oneself everybody may.

    Judged by roles of one's own: who stands in for a manager does not arrange further cover.

    Raises
    ------
    NotPermitted
    """
    if by.pk == absent.pk:
        return
    own = Grants(grants.memberships, ())
    check_user_may(own, Permission.COVER_ARRANGE)
    for role, place in lent:
        if not _arranges(own, role, place):
            raise NotPermitted(
                "You arrange cover for the people of your own teams, and not for a role above those. "
                "The person can arrange it, or somebody who leads them.", code="not_yours_to_cover",
            )  # fmt: skip


def _arranges(own: Grants, role: str, place: Place) -> bool:
    """Whether one of the person's own roles passes this role on, in this place."""
    for held, authority, team in own.memberships:
        if held not in rules() or role not in rules()[held].arranges_for:
            continue
        if team is None and place.authority_ids <= _whole(own, held):
            return True
        if place.team is not None and team == place.team.pk and authority == place.authority.pk:
            return True
    return False


def _whole(own: Grants, role: str) -> frozenset[int]:
    return frozenset(authority for held, authority, team in own.memberships if held == role and team is None)


def check_stand_in(stand_in: User, lent: Collection[tuple[str, Place]], held: Collection[tuple[str, Place]]) -> None:
    """
    Refuse a stand-in who does not do such work there already.

    Raises
    ------
    NotThisWay
    """
    for role, place in lent:
        fit = [at for own, at in held if own in rules()[role].stand_ins and place.authority_ids <= at.authority_ids]
        if not fit:
            who = ", ".join(rules()[each].name.lower() for each in rules()[role].stand_ins)
            raise NotThisWay(f"Who stands in here must be one of: {who}, in the same authority", "stand_in")


def check_cover_days(starts_on: date, ends_on: date, on: date) -> None:
    """
    Refuse cover that began in the past, or that lasts longer than absences do.

    Raises
    ------
    NotThisWay
    """
    check_days(starts_on, ends_on, on)
    most = limits().cover_days_at_most
    if (ends_on - starts_on).days > most:
        raise NotThisWay(f"Cover lasts {most} days at most. For longer, give a role until a day", "last_day")


def check_no_chain(clashes: Collection[Cover], absent: User, stand_in: User) -> None:
    """
    Refuse cover of cover, and two stand-ins at once. ``clashes`` are covers of either person in those days.

    Raises
    ------
    NotThisWay
    """
    for cover in clashes:
        if cover.absent_id == absent.pk:
            raise NotThisWay("Somebody stands in on some of those days already. End that first", "starts_on")
        if cover.absent_id == stand_in.pk:
            raise NotThisWay("That person is away themselves on some of those days", "stand_in")
        if cover.stand_in_id == absent.pk:
            raise NotThisWay("The absent person stands in for somebody on some of those days. End that first", "absent")


def lendable(held: Collection[Membership], workers: Collection[Worker] = ()) -> list[tuple[str, Place]]:
    """The roles among these that a stand-in has, and where."""
    return [(role, place) for role, place in placed(held, workers) if rules()[role].lendable]


def placed(held: Collection[Membership], workers: Collection[Worker] = ()) -> list[tuple[str, Place]]:
    """Roles with their places; own cases belong to the team of the person's worker rows."""
    return [(each.role, _of(each, workers)) for each in held if each.role in rules()]


def _of(held: Membership, workers: Collection[Worker]) -> Place:
    place = place_of(
        held.authority, team=held.team, service=held.service, partnership=held.partnership, own_only=held.own_only
    )
    teams = {worker.team for worker in workers if worker.authority_id == held.authority_id}
    return replace(place, team=teams.pop()) if held.own_only and len(teams) == 1 else place
