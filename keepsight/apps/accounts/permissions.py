"""
Who may: permissions, the roles that hold them, and how far each reaches.

Every view declares one permission with ``requires``; a view that declares none is refused, and a
test walks every URL to find it first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, wraps
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from keepsight.apps.accounts.models import Cover, Membership, User, Worker
from keepsight.core.errors import NotPermitted
from keepsight.core.packs import book
from keepsight.core.packs.kinds import RoleRule, Roles
from keepsight.prepared import prepared


class Permission(StrEnum):
    """One thing that one may do."""

    WORK_LIST = "work_list"  # my children, who to see today
    CHILD_VIEW = "child_view"
    CHILD_FIND = "child_find"  # search by name within one's reach
    KNOWN_CHECK = "known_check"  # known or not known, team and whom to call
    VISIT_RECORD = "visit_record"
    SIGHTING_RECORD = "sighting_record"
    RATING_CONFIRM = "rating_confirm"
    RATING_APPROVE = "rating_approve"
    VIRTUAL_SIGN = "virtual_sign"
    TEAM_VIEW = "team_view"
    PICTURE_VIEW = "picture_view"  # figures, without names
    PICTURE_LISTS = "picture_lists"  # the children behind a figure
    LOAD_VIEW = "load_view"
    LOAD_RUN = "load_run"
    REPORT_VIEW = "report_view"
    REPORT_MAKE = "report_make"
    # classes of record (RULES §5)
    SAFE_CONTACT_VIEW = "safe_contact_view"  # confidential address, telephone and school of those one works with
    SAFE_CONTACT_EDIT = "safe_contact_edit"
    CODE_WORD_VIEW = "code_word_view"  # only who contacts the family
    HEALTH_VIEW = "health_view"
    ACCESS_ASK = "access_ask"  # ask to be named on a record
    ACCESS_APPROVE = "access_approve"  # name somebody on a restricted record of one's team
    BREAK_GLASS = "break_glass"
    RESTRICTED_REVIEW = "restricted_review"
    OWN_RECORD_MANAGE = "own_record_manage"
    BREAK_GLASS_REVIEW = "break_glass_review"
    # people, log, retention
    PEOPLE_VIEW = "people_view"
    PEOPLE_MANAGE = "people_manage"
    COVER_ARRANGE = "cover_arrange"
    AUDIT_VIEW = "audit_view"
    RETENTION_VIEW = "retention_view"
    DISPOSAL_PROPOSE = "disposal_propose"
    DISPOSAL_APPROVE = "disposal_approve"
    HOLD_PLACE = "hold_place"
    SUBJECT_ACCESS = "subject_access"
    # views for others
    EXTRACT_VIEW = "extract_view"  # pseudonymised rows
    SCHOOL_PUPILS = "school_pupils"
    PROVIDER_PLACEMENTS = "provider_placements"
    MEMBER_FIGURES = "member_figures"
    # registers, and what works with them; each register says besides who reads, adds and moves its entries
    REGISTERS = "registers"
    REGISTER_DEFINE = "register_define"
    EVENT_RUN = "event_run"
    COMMAND_VIEW = "command_view"
    COMMAND_RUN = "command_run"
    STAFFING_VIEW = "staffing_view"
    STAFFING_MANAGE = "staffing_manage"
    ROTA_VIEW = "rota_view"
    ROTA_MANAGE = "rota_manage"
    SURVEY_ANSWER = "survey_answer"
    SURVEY_RUN = "survey_run"
    CASE_AUDIT = "case_audit"
    ASSURANCE_VIEW = "assurance_view"
    ASSURANCE_RUN = "assurance_run"
    MARKET_VIEW = "market_view"
    NEWS_RUN = "news_run"
    PARTNER_FORM = "partner_form"
    API_USE = "api_use"
    # taking away, by format
    EXPORT_CSV = "export_csv"
    EXPORT_XLSX = "export_xlsx"
    EXPORT_HTML = "export_html"
    EXPORT_PDF = "export_pdf"
    EXPORT_DOCX = "export_docx"
    EXPORT_BUNDLE = "export_bundle"  # everything about one child, for a subject-access request
    PRINT = "print"
    # for everybody
    SIGNED_IN = "signed_in"  # pages for anyone who has signed in
    ANYONE = "anyone"  # pages before sign-in


FIGURES = frozenset(  # they open no record, and leave nobody out: early help counts for whoever reads them
    {
        Permission.PICTURE_VIEW, Permission.REPORT_VIEW, Permission.REPORT_MAKE, Permission.MEMBER_FIGURES,
        Permission.EXTRACT_VIEW,
    }
)  # fmt: skip
# What who gives early help still does when the case is stepped up: they read their part and write down what they do.
BESIDE_SOCIAL_CARE = frozenset(
    {
        Permission.CHILD_VIEW, Permission.VISIT_RECORD, Permission.SIGHTING_RECORD, Permission.PICTURE_VIEW,
        Permission.PICTURE_LISTS,
    }
)  # fmt: skip
_EVERYONE = frozenset({Permission.SIGNED_IN, Permission.ANYONE})
OWN = "own"  # in place of a team: no further than one's own cases


@cache
def rules() -> dict[str, RoleRule]:
    """The roles of the standing pack, by id."""
    return {rule.id: rule for rule in book().read("roles", Roles).roles}


@cache
def permissions_of(role: str) -> frozenset[Permission]:
    """What a role may do within its reach. A role that no pack knows may do nothing."""
    rule = rules().get(role)
    return frozenset(Permission(name) for name in rule.permissions) | _EVERYONE if rule else frozenset()


@cache
def permissions_with_reason(role: str) -> frozenset[Permission]:
    """What a role may do to a record that was opened for the person: the above, and what needs a reason."""
    rule = rules().get(role)
    return permissions_of(role) | frozenset(Permission(name) for name in rule.with_reason) if rule else frozenset()


def needs_reason(role: str, permission: Permission) -> bool:
    """Whether a role holds a permission only for records opened with a reason."""
    return permission in permissions_with_reason(role) - permissions_of(role)


@dataclass(frozen=True)
class Scope:
    """How far a permission reaches for one person: whole authorities, single teams, own worker rows."""

    authority_ids: frozenset[int]
    team_ids: frozenset[int]
    worker_ids: frozenset[int]
    without_early_help: frozenset[int] = frozenset()  # of the authorities, those whose early help it does not reach
    early_help_only: frozenset[int] = frozenset()  # of the authorities, those where it reaches nothing else
    beside_social_care: bool = False  # who gives early help keeps reaching a case that was stepped up

    @property
    def is_empty(self) -> bool:
        """Whether the permission reaches nothing at all."""
        return not (self.authority_ids or self.team_ids or self.worker_ids)


Held = tuple[str, int, int | str | None]  # role; authority id; team id, OWN, or None for the whole authority


@dataclass(frozen=True)
class Grants:
    """
    What one person may do at one moment; read once a request by ``people.permissions.grants_of``.

    ``opened`` and ``blocked`` are ids of children: records opened to this person by name, with a
    reason or by breaking the glass, and records that are their own or a relative's.
    """

    memberships: tuple[Held, ...]
    workers: tuple[tuple[int, int], ...]  # worker id, authority id
    lent: tuple[Held, ...] = ()  # roles of somebody whom the person stands in for
    covering: tuple[tuple[int, int], ...] = ()  # worker rows of that person
    opened: tuple[int, ...] = ()
    blocked: tuple[int, ...] = ()
    briefly: tuple[int, ...] = ()  # of those opened, the ones with a reason or by broken glass: to read and record
    standing_in_for: tuple[str, ...] = ()  # names of those whose roles are lent
    user_id: int = 0  # whose they are: for what somebody owns, added, or is about
    settings: tuple[int, ...] = ()  # ids of the settings that somebody from outside works at on this day

    def may(self, permission: Permission) -> bool:
        """Whether any role holds the permission, if only for records opened with a reason."""
        if permission is Permission.ANYONE:
            return True
        return any(permission in permissions_with_reason(role) for role, _, _ in self.memberships + self.lent)

    def scope(self, permission: Permission) -> Scope:
        """How far it reaches of itself; what needs a reason reaches nothing until a record is opened."""
        own = [held for held in self.memberships if permission in permissions_of(held[0])]
        lent = [held for held in self.lent if permission in permissions_of(held[0])]
        held = own + lent
        whole = frozenset(authority for _, authority, team in held if team is None)
        with_early_help = {authority for role, authority, team in held if team is None and rules()[role].early_help}
        with_social_care = {authority for role, authority, team in held if team is None and rules()[role].social_care}
        return Scope(
            authority_ids=whole,
            team_ids=frozenset(team for _, _, team in held if team is not None and team != OWN),
            worker_ids=_rows_in(self.workers, own) | _rows_in(self.covering, lent),
            without_early_help=frozenset() if permission in FIGURES else whole - with_early_help,
            early_help_only=whole - with_social_care,
            beside_social_care=permission in BESIDE_SOCIAL_CARE,
        )

    def authorities_with_reason(self, permission: Permission) -> frozenset[int]:
        """The authorities in which the person may do this to a record that was opened for them."""
        return frozenset(
            a for role, a, _ in self.memberships + self.lent if permission in permissions_with_reason(role)
        )

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles held, each once, lent ones too."""
        return tuple(dict.fromkeys(role for role, _, _ in self.memberships + self.lent))

    @property
    def sees_children(self) -> bool:
        """Whether any role can see a child, so that a second factor is needed."""
        return any(rules()[role].children for role in self.roles if role in rules())


def _rows_in(rows: tuple[tuple[int, int], ...], held: list[Held]) -> frozenset[int]:
    """
    The worker rows in authorities where the roles are held: own rows by own roles, lent rows by lent ones.

    Never across: who stands in works with the absent person's children as that person could, no further.
    """
    places = {authority for _, authority, _ in held}
    return frozenset(worker for worker, authority in rows if authority in places)


def held_by(user: User, on: date) -> Grants:
    """
    What a person holds by role on a day, without exceptions for single records: see ``people.permissions``.

    Who stands in for somebody has that person's roles as far as they may be lent, and that person's
    worker rows where such a role is held; never what the absent person is lent by others.
    """
    if not user.is_active or (user.expires_on is not None and user.expires_on <= on):
        return Grants((), ())
    memberships: list[Held] = []
    lent: list[Held] = []
    lenders = set()
    names = {}
    for whose, named, ends, role, *place in _memberships(user_id=user.pk, on=on):
        if ends is not None and ends <= on:
            continue
        if whose == user.pk:
            memberships += _reaching(role, *place)
        elif role in rules() and rules()[role].lendable:
            reached = _reaching(role, *place)
            lent += reached
            names[whose] = named
            lenders.update((whose, authority) for _, authority, _ in reached)
    own_rows: list[tuple[int, int]] = []
    covering: list[tuple[int, int]] = []
    for worker, authority, whose in _workers(user_id=user.pk, on=on):
        if whose == user.pk:
            own_rows.append((worker, authority))
        elif (whose, authority) in lenders:
            covering.append((worker, authority))
    return Grants(
        tuple(memberships), tuple(own_rows), tuple(lent), tuple(covering), standing_in_for=tuple(names.values()),
        user_id=user.pk,
    )  # fmt: skip


def _reaching(
    role: str,
    authority: int,
    team: int | None,
    service: int | None,
    partnership: int | None,
    own: bool,
    team_of_service: int | None,
    authority_of_partnership: int | None,
) -> list[Held]:
    """One row of ``_memberships`` as places: a service is its teams, a partnership its authorities."""
    if own:
        return [(role, authority, OWN)]
    if partnership is not None:
        return [] if authority_of_partnership is None else [(role, authority_of_partnership, None)]
    if service is not None:
        return [] if team_of_service is None else [(role, authority, team_of_service)]
    return [(role, authority, team)]


def _stood_in_for(user_id: int, on: date) -> QuerySet:
    """The people for whom this person stands in on a day."""
    arranged = Cover.objects.filter(stand_in_id=user_id, starts_on__lte=on, ends_on__gt=on, ended_at=None)
    lasting = Q(absent__expires_on=None) | Q(absent__expires_on__gt=on)
    return arranged.filter(lasting, absent__is_active=True).values("absent_id")


@prepared
def _memberships(user_id: int, on: date) -> QuerySet:
    begun = Membership.objects.filter(starts_on__lte=on)
    begun = begun.filter(Q(user_id=user_id) | Q(user_id__in=_stood_in_for(user_id, on)))
    reached = ("service__teams__id", "partnership__authorities__id")  # one row for each team or authority
    return begun.order_by("pk", *reached).values_list(
        "user_id", "user__name", "ends_on",
        "role", "authority_id", "team_id", "service_id", "partnership_id", "own_only", *reached,
    )  # fmt: skip


@prepared
def _workers(user_id: int, on: date) -> QuerySet:
    theirs = Worker.objects.filter(Q(user_id=user_id) | Q(user_id__in=_stood_in_for(user_id, on)))
    return theirs.order_by("pk").values_list("pk", "authority_id", "user_id")


def check_user_may(grants: Grants, permission: Permission) -> None:
    """
    Refuse unless one of the roles holds the permission.

    Raises
    ------
    NotPermitted
        With a sentence that says whom to ask.
    """
    if not grants.may(permission):
        raise NotPermitted("Your role does not include this page. Your team manager or data team can change your role.")


def requires(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare a view's permission and refuse everyone else. ``request.grants`` comes from the middleware."""

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            check_user_may(request.grants, permission)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return declare
