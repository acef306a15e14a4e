"""
Relation × class of record × what one learns: the row of a list, that the record exists, what is in it.

row      name: the list says who it is · unnamed: it says “Restricted record” · (empty): no row
exists   yes: a search by name, or the child's address, tells that there is a record
content  yes: the record opens · reason: it opens for a day with a reason
"""

import pytest

from keepsight.apps.accounts.models import Cover, Membership, Partnership, Role, Service
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.models import AccessKind, RecordAccess
from keepsight.apps.people.permissions import (
    BRIEFLY,
    children_findable_by,
    children_opened_with_reason_by,
    children_visible_to,
    grants_of,
    may_name,
)
from tests import factories as make
from tests.factories import NOW, days
from tests.tables import ids, table

pytestmark = pytest.mark.django_db

OF_A_CHILD = BRIEFLY | {
    Permission.RATING_CONFIRM, Permission.RATING_APPROVE, Permission.VIRTUAL_SIGN, Permission.SAFE_CONTACT_EDIT,
}  # fmt: skip
WHO = table("""
    who they are to the child              | class         || row     | exists | content
    # the child's own worker
    own worker                             | standard      || name    | yes    | yes
    own worker                             | restricted    || name    | yes    | yes
    own worker                             | post_adoption || name    | yes    | yes
    own worker                             | early_help    || name    | yes    | yes
    own worker, a relative of the child    | standard      || unnamed |        |
    own worker, a relative of the child    | restricted    || unnamed |        |
    # the team of the case
    colleague in the team                  | standard      || name    | yes    | yes
    colleague in the team                  | restricted    || unnamed |        |
    colleague in the team                  | post_adoption || name    | yes    | yes
    colleague in the team                  | early_help    || name    | yes    | yes
    colleague named on the record          | restricted    || name    | yes    | yes
    colleague named, until yesterday       | restricted    || unnamed |        |
    manager of the worker's team           | standard      || name    | yes    | yes
    manager of the worker's team           | restricted    || name    | yes    | yes
    manager, a relative of the child       | restricted    || unnamed |        |
    stands in for that manager             | standard      || name    | yes    | yes
    stands in for that manager             | restricted    || unnamed |        |
    practitioner of the whole service      | standard      || name    | yes    | yes
    practitioner of the whole service      | restricted    || unnamed |        |
    # others in the council
    practitioner of another team           | standard      ||         |        |
    practitioner of another team           | restricted    ||         |        |
    another team, broke the glass          | restricted    ||         | yes    | yes
    another team, broke the glass          | standard      ||         | yes    | yes
    another team, glass broken 4 hours ago | restricted    ||         |        |
    another team, named on the record      | restricted    ||         | yes    | yes
    practitioner of the whole council      | standard      || name    | yes    | yes
    practitioner of the whole council      | restricted    || unnamed |        |
    practitioner of the whole council      | early_help    ||         | yes    | reason
    early help practitioner, council       | early_help    || name    | yes    | yes
    early help practitioner, council       | standard      ||         |        |
    early help practitioner, council       | restricted    ||         |        |
    early help and social work, council    | standard      || name    | yes    | yes
    # early help goes on beside social care, in another team
    early help practitioner, council       | stepped_up    || name    | yes    | yes
    worker of its early help               | stepped_up    || name    | yes    | yes
    colleague in the team of early help    | stepped_up    || name    | yes    | yes
    manager of the team of early help      | stepped_up    || name    | yes    | yes
    manager of the team of early help      | restricted    ||         |        |
    own worker                             | stepped_up    || name    | yes    | yes
    colleague in the team                  | stepped_up    || name    | yes    | yes
    practitioner of another team           | stepped_up    ||         |        |
    practitioner of the whole council      | stepped_up    || name    | yes    | yes
    leader of the council                  | standard      || name    | yes    | yes
    leader of the council                  | restricted    || unnamed |        |
    leader of the council                  | early_help    || name    | yes    | yes
    leader of a partnership with it        | standard      || name    | yes    | yes
    leader of a partnership with it        | restricted    || unnamed |        |
    # those who need a reason
    duty worker                            | standard      ||         | yes    | reason
    duty worker                            | early_help    ||         | yes    | reason
    duty worker                            | restricted    ||         | yes    |
    duty worker, a relative of the child   | standard      ||         |        |
    front-door screener                    | standard      ||         | yes    | reason
    front-door screener                    | restricted    ||         | yes    |
    quality assurance                      | standard      ||         | yes    | reason
    quality assurance                      | restricted    ||         |        |
    health link                            | standard      ||         | yes    | reason
    health link                            | restricted    ||         |        |
    quality assurance, gave a reason       | standard      ||         | yes    | yes
    quality assurance, gave a reason       | restricted    ||         |        |
    # those who see no child
    analyst                                | standard      ||         |        |
    data loader                            | standard      ||         |        |
    information governance                 | standard      ||         |        |
    information governance                 | restricted    ||         |        |
    administrator                          | standard      ||         |        |
    member                                 | standard      ||         |        |
    school                                 | standard      ||         |        |
    provider                               | standard      ||         |        |
    # another council
    leader of another council              | standard      ||         |        |
    duty worker of another council         | standard      ||         |        |
    nobody any more: the role ended        | standard      ||         |        |
    nobody any more: the account ended     | standard      ||         |        |
""")


@pytest.fixture
def team():
    service = Service.objects.create(authority=make.authority(), name="Safeguarding")
    return make.team(service.authority, service=service)


def access(person, child, kind, *, from_hours=-1, to_hours=2):
    """An exception for one record, from and to so many hours from now."""
    starts, ends = (NOW + make.timedelta(hours=hours) for hours in (from_hours, to_hours))
    own = kind == AccessKind.OWN_RECORD
    RecordAccess.objects.create(
        user=person, child=child, kind=kind, state="granted", reason="x", asked_at=starts, starts_at=starts,
        ends_at=None if own else ends, last_day=None if own else ends.date(),
    )  # fmt: skip


def standing_in(team, child):
    manager = make.user(Role.TEAM_MANAGER, team=team)
    person = make.user(Role.TEAM_MANAGER, team=make.team(team.authority))
    Cover.objects.create(
        absent=manager, stand_in=person, starts_on=days(-1), ends_on=days(9), reason="Leave", arranged_by="x",
        arranged_at=NOW,
    )  # fmt: skip
    return person


def own_worker(team, child):
    person = make.user(Role.PRACTITIONER, team=make.team(team.authority))
    child.plan.worker.user = person
    child.plan.worker.save()
    return person


def holding(role, *, of, team=None, **place):
    person = make.user("", of=None)
    Membership.objects.create(user=person, role=role, authority=of, team=team, starts_on=days(-9), **place)
    return person


def partner(team, child):
    other = make.authority()
    both = Partnership.objects.create(name="Both councils")
    both.authorities.set([other, team.authority])
    return holding(Role.LEADER, of=other, partnership=both)


def with_access(person, child, kind, **given):
    access(person, child, kind, **given)
    return person


def ended(person):
    person.is_active = False
    person.save()
    return person


def of_council(role):
    return lambda team, child: make.user(role, of=team.authority)


def helper(team, child):
    person = make.user(Role.EARLY_HELP_PRACTITIONER, team=make.team(team.authority))
    child.plan.early_help_worker.user = person
    child.plan.early_help_worker.save()
    return person


def two_roles(team):
    person = make.user(Role.EARLY_HELP_PRACTITIONER, of=team.authority)
    Membership.objects.create(user=person, role=Role.PRACTITIONER, authority=team.authority, starts_on=days(-9))
    return person


def elsewhere(team):
    return make.user(Role.PRACTITIONER, team=make.team(team.authority))


OWN, NAMED, GLASS = AccessKind.OWN_RECORD, AccessKind.NAMED, AccessKind.BREAK_GLASS
PEOPLE = {
    "own worker": own_worker,
    "own worker, a relative of the child": lambda t, c: with_access(own_worker(t, c), c, OWN),
    "colleague in the team": lambda t, c: make.user(Role.PRACTITIONER, team=t),
    "colleague named on the record": lambda t, c: with_access(make.user(Role.PRACTITIONER, team=t), c, NAMED),
    "colleague named, until yesterday": lambda t, c: with_access(
        make.user(Role.PRACTITIONER, team=t), c, NAMED, from_hours=-99, to_hours=-24
    ),
    "manager of the worker's team": lambda t, c: make.user(Role.TEAM_MANAGER, team=t),
    "manager, a relative of the child": lambda t, c: with_access(make.user(Role.TEAM_MANAGER, team=t), c, OWN),
    "stands in for that manager": standing_in,
    "practitioner of the whole service": lambda t, c: holding(Role.PRACTITIONER, of=t.authority, service=t.service),
    "practitioner of another team": lambda t, c: elsewhere(t),
    "another team, broke the glass": lambda t, c: with_access(elsewhere(t), c, GLASS),
    "another team, glass broken 4 hours ago": lambda t, c: with_access(
        elsewhere(t), c, GLASS, from_hours=-4, to_hours=0
    ),
    "another team, named on the record": lambda t, c: with_access(elsewhere(t), c, NAMED),
    "practitioner of the whole council": of_council(Role.PRACTITIONER),
    "early help practitioner, council": of_council(Role.EARLY_HELP_PRACTITIONER),
    "early help and social work, council": lambda t, c: two_roles(t),
    "worker of its early help": lambda t, c: helper(t, c),
    "colleague in the team of early help": lambda t, c: make.user(
        Role.EARLY_HELP_PRACTITIONER, team=c.plan.early_help_team
    ),
    "manager of the team of early help": lambda t, c: make.user(
        Role.TEAM_MANAGER, team=c.plan.early_help_team or make.team(t.authority)
    ),
    "leader of the council": of_council(Role.LEADER),
    "leader of a partnership with it": partner,
    "duty worker": of_council(Role.DUTY_WORKER),
    "duty worker, a relative of the child": lambda t, c: with_access(
        make.user(Role.DUTY_WORKER, of=t.authority), c, OWN
    ),
    "front-door screener": of_council(Role.FRONT_DOOR),
    "quality assurance": of_council(Role.QUALITY_ASSURANCE),
    "quality assurance, gave a reason": lambda t, c: with_access(
        make.user(Role.QUALITY_ASSURANCE, of=t.authority), c, AccessKind.REASON
    ),
    "health link": of_council(Role.HEALTH),
    "analyst": of_council(Role.ANALYST),
    "data loader": of_council(Role.DATA_LOADER),
    "information governance": of_council(Role.INFORMATION_GOVERNANCE),
    "administrator": of_council(Role.ADMINISTRATOR),
    "member": of_council(Role.MEMBER),
    "school": of_council(Role.SCHOOL),
    "provider": of_council(Role.PROVIDER),
    "leader of another council": lambda t, c: make.user(Role.LEADER, of=make.authority()),
    "duty worker of another council": lambda t, c: make.user(Role.DUTY_WORKER, of=make.authority()),
    "nobody any more: the role ended": lambda t, c: holding(Role.LEADER, of=t.authority, ends_on=days(0)),
    "nobody any more: the account ended": lambda t, c: ended(make.user(Role.LEADER, of=t.authority)),
}


def of_class(kind, team):
    child = make.child(team.authority, record_class="standard" if kind in ("early_help", "stepped_up") else kind)
    helping = make.worker(make.team(team.authority)) if kind == "stepped_up" else None
    beside = {"early_help": True, "early_help_worker": helping, "early_help_team": helping.team} if helping else {}
    make.plan(child, make.worker(team), service="early_help" if kind == "early_help" else "cin", **beside)
    return child


@pytest.mark.parametrize("row", WHO, ids=ids(WHO))
def test_who_learns_what(row, team):
    child = of_class(row["class"], team)
    grants = grants_of(PEOPLE[row["who they are to the child"]](team, child), NOW)
    opens = children_visible_to(grants).filter(pk=child.pk).exists()
    reason = children_opened_with_reason_by(grants).filter(pk=child.pk).exists()
    learned = {
        "row": _row(grants),
        "exists": "yes" if children_findable_by(grants).filter(pk=child.pk).exists() else "",
        "content": "yes" if opens else "reason" if reason else "",
    }
    assert learned == {level: row[level] for level in learned}
    if not opens:
        assert not any(children_visible_to(grants, permission).exists() for permission in OF_A_CHILD)


@pytest.mark.parametrize(
    "who",
    [
        "early help practitioner, council",
        "worker of its early help",
        "colleague in the team of early help",
        "manager of the team of early help",
    ],
)
def test_who_gives_early_help_beside_social_care_writes_down_and_decides_nothing(who, team):
    child = of_class("stepped_up", team)
    grants = grants_of(PEOPLE[who](team, child), NOW)
    for permission in (Permission.CHILD_VIEW, Permission.VISIT_RECORD, Permission.SIGHTING_RECORD):
        assert list(children_visible_to(grants, permission)) == [child], permission
        assert [plan.pk for plan in plans_visible_to(grants, permission)] == [child.pk], permission
    for permission in (Permission.RATING_CONFIRM, Permission.RATING_APPROVE, Permission.VIRTUAL_SIGN):
        assert not children_visible_to(grants, permission), permission
        assert not plans_visible_to(grants, permission), permission


def _row(grants) -> str:
    parts = ("pk", "child__record_class", "worker_id", "worker__team_id", "team_id")
    for pk, kind, worker, worker_team, team in plans_visible_to(grants, Permission.CHILD_VIEW).values_list(*parts):
        named = may_name(
            grants, Permission.CHILD_VIEW, child_id=pk, record_class=kind, worker_id=worker,
            worker_team_id=worker_team, team_id=team,
        )  # fmt: skip
        return "name" if named else "unnamed"
    return ""


def test_every_relation_of_the_table_is_tried():
    assert {row["who they are to the child"] for row in WHO} == set(PEOPLE)
