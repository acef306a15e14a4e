"""Laws of access that hold in every world: the row of a list and the door of the record agree."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from keepsight.apps.accounts.models import Cover, Membership, Partnership, Role, Service, User
from keepsight.apps.accounts.permissions import Permission, rules
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.models import AccessKind, RecordAccess
from keepsight.apps.people.permissions import (
    children_counted_for,
    children_decided_by,
    children_findable_by,
    children_opened_with_reason_by,
    children_visible_to,
    grants_of,
    may_name,
)
from tests import factories as make
from tests.factories import NOW, days

PERMISSIONS = (
    Permission.CHILD_VIEW, Permission.WORK_LIST, Permission.VISIT_RECORD, Permission.RATING_CONFIRM,
    Permission.RATING_APPROVE, Permission.VIRTUAL_SIGN, Permission.TEAM_VIEW, Permission.SIGHTING_RECORD,
)  # fmt: skip
ROLES = st.sampled_from([role.value for role in Role])
MEMBERSHIP = st.tuples(
    ROLES, st.sampled_from(["own", "team", "service", "authority", "partnership"]), st.integers(0, 2)
)
CHILD = st.tuples(
    st.sampled_from(["standard", "restricted", "post_adoption"]), st.sampled_from(["cin", "early_help", "none"]),
    st.integers(0, 2),  # team of the worker
    st.integers(0, 2),  # team of the case
    st.sampled_from(["mine", "covered", "other", "nobody"]),
)  # fmt: skip
EXCEPTION = st.tuples(
    st.integers(0, 5), st.sampled_from(AccessKind.values), st.sampled_from(["granted", "asked", "ended", "refused"]),
    st.integers(-6, 6),
)  # fmt: skip


class World:
    """Two councils, three teams, a person, somebody for whom they stand in, and some children."""

    def __init__(self, held, lent, children, exceptions):
        self.councils = [make.authority(), make.authority()]
        service = Service.objects.create(authority=self.councils[0], name="S")
        self.teams = [
            make.team(self.councils[0], service=service),
            make.team(self.councils[0]),
            make.team(self.councils[1]),
        ]
        self.both = Partnership.objects.create(name=f"P{self.councils[0].pk}")
        self.both.authorities.set(self.councils)
        self.person, self.absent = make.user(""), make.user("")
        self.workers = {
            (who, team.pk): make.worker(team, user=user)
            for who, user in (("mine", self.person), ("covered", self.absent), ("other", None))
            for team in self.teams
        }
        for user, memberships in ((self.person, held), (self.absent, lent)):
            for membership in memberships:
                self.give(user, *membership)
        Cover.objects.create(
            absent=self.absent, stand_in=self.person, starts_on=days(-1), ends_on=days(1), reason="x", arranged_by="x",
            arranged_at=NOW,
        )  # fmt: skip
        self.children = [self.child(*each) for each in children]
        for which, kind, state, hours in exceptions:
            if which < len(self.children):
                self.exception(self.children[which], kind, state, hours)
        self.grants = grants_of(self.person, NOW)

    def give(self, user: User, role: str, scope: str, team: int) -> None:
        place = self.teams[team]
        more = {
            "own": {"own_only": True}, "team": {"team": place}, "authority": {},
            "service": {"service": place.service} if place.service else {"team": place},
            "partnership": {"partnership": self.both},
        }[scope]  # fmt: skip
        Membership.objects.create(user=user, role=role, authority=place.authority, starts_on=days(-9), **more)

    def child(self, kind, service, of_worker, of_case, who):
        team = self.teams[of_worker]
        made = make.child(team.authority, record_class=kind)
        if service != "none":
            case = self.teams[of_case]
            case = case if case.authority_id == team.authority_id else team
            worker = self.workers.get((who, team.pk))
            make.plan(made, worker or self.workers["other", team.pk], service=service)
            made.plan.worker, made.plan.team = worker, case
            made.plan.save()
        return made

    def exception(self, child, kind, state, hours):
        starts = NOW + timedelta(hours=hours)
        own = kind == AccessKind.OWN_RECORD
        ends = None if own else starts + timedelta(hours=3)
        RecordAccess.objects.create(
            user=self.person, child=child, kind=kind, state=state, reason="x", asked_at=NOW, starts_at=starts,
            ends_at=ends, last_day=ends.date() if ends else None,
        )  # fmt: skip


WORLDS = {
    "held": st.lists(MEMBERSHIP, max_size=3), "lent": st.lists(MEMBERSHIP, max_size=2),
    "children": st.lists(CHILD, min_size=1, max_size=6), "exceptions": st.lists(EXCEPTION, max_size=5),
}  # fmt: skip
WHOSE = ("pk", "child__record_class", "worker_id", "worker__team_id", "team_id")


def pks(children) -> set[int]:
    return set(children.values_list("pk", flat=True))


class Laws(TestCase):
    """Each in fifty worlds."""

    @settings(max_examples=50, deadline=None)
    @given(**WORLDS)
    def test_a_row_names_just_the_children_whose_record_opens(self, held, lent, children, exceptions):
        grants = World(held, lent, children, exceptions).grants
        for permission in PERMISSIONS:
            opens = pks(children_visible_to(grants, permission))
            rows = list(plans_visible_to(grants, permission).values_list(*WHOSE))
            named = {
                pk for pk, kind, worker, worker_team, team in rows
                if may_name(grants, permission, child_id=pk, record_class=kind, worker_id=worker,
                            worker_team_id=worker_team, team_id=team)
            }  # fmt: skip
            assert named == opens & {row[0] for row in rows}
            assert len({row[0] for row in rows}) == len(rows)

    @settings(max_examples=50, deadline=None)
    @given(**WORLDS)
    def test_what_opens_is_counted_or_was_opened_and_never_ones_own(self, held, lent, children, exceptions):
        world = World(held, lent, children, exceptions)
        grants = world.grants
        for permission in PERMISSIONS:
            opens = pks(children_visible_to(grants, permission))
            assert opens <= pks(children_counted_for(grants, permission)) | set(grants.opened)
            assert not opens & set(grants.blocked)
            assert not opens or grants.may(permission)
        found = pks(children_findable_by(grants))
        assert pks(children_visible_to(grants)) <= found
        assert not (found | pks(children_decided_by(grants))) & set(grants.blocked)
        asks = children_opened_with_reason_by(grants)
        assert pks(asks) == {c.pk for c in asks if c.record_class != "restricted"} <= found
        assert not pks(asks) & pks(children_visible_to(grants))

    @settings(max_examples=50, deadline=None)
    @given(**WORLDS)
    def test_a_restricted_record_opens_to_nobody_by_cover_or_by_a_whole_council(self, held, lent, children, exceptions):
        world = World([], [*held, *lent], children, [])
        restricted = {c.pk for c in world.children if c.record_class == "restricted"}
        for permission in PERMISSIONS:
            assert not pks(children_visible_to(world.grants, permission)) & restricted
        whole = [(role, "authority", team) for role, _, team in held]
        alone = World(whole, [], [(k, s, w, c, "other") for k, s, w, c, _ in children], [])
        for permission in PERMISSIONS:
            closed = {c.pk for c in alone.children if c.record_class == "restricted"}
            assert not pks(children_visible_to(alone.grants, permission)) & closed

    @settings(max_examples=50, deadline=None)
    @given(**WORLDS)
    def test_roles_without_children_reach_none_whatever_was_opened_to_them(self, held, lent, children, exceptions):
        without = [each for each in held + lent if not rules()[each[0]].children]
        world = World(without, [], children, exceptions)
        for permission in (Permission.CHILD_VIEW, Permission.VISIT_RECORD, Permission.SAFE_CONTACT_VIEW):
            assert not children_visible_to(world.grants, permission).exists()
        assert not children_findable_by(world.grants).exists()
