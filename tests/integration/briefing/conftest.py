"""Two small councils that share a service, standing still on one Wednesday."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from keepsight.apps.accounts.models import Membership, Role, User
from keepsight.apps.frontdoor.models import ContactDay
from keepsight.apps.learning.models import EhcPlan
from tests import factories as make

IN, OUT = "/ \\ / \\ . . . . . . . . . .", "X X X X . . . . . . . . . ."


@pytest.fixture(autouse=True)
def stand_still() -> Iterator[None]:
    caches["memory"].clear()
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.SNAPSHOTS = tmp_path / "snapshots"


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    def signed(user: User) -> Client:
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed


def council(code: str, children: int):
    """A council with two districts, a school in each, and children of every level and state."""
    here = make.authority(code=code, name=code.capitalize())
    districts = [make.district(here, name=f"{here.name} {side}") for side in ("Vale", "Moor")]
    schools = [
        make.setting(here, district=each, latitude=54.5 + nth / 10, longitude=-2.9 + nth / 5)
        for nth, each in enumerate(districts)
    ]
    workers = [make.worker(make.team(here, name=f"{here.name} {name}")) for name in ("North", "South")]
    for nth in range(children):
        child = make.child(here, district=districts[nth % 2])
        level = ("red", "amber", "green", "unrated")[nth % 4]
        make.plan(
            child, workers[nth % 2], level=level, worked_level=level.replace("unrated", "red"),
            service=("cin", "cp", "cla")[nth % 3], due_on=make.days(nth % 5 - 2), unseen_from=make.days(nth % 7 - 1),
            f2f_in_interval=nth % 8 != 0 if level == "red" else None, level_review_on=make.days(nth % 3 - 1),
            last_seen_on=None if nth % 9 == 8 else make.days(-3 * nth), last_other_on=make.days(-nth),
        )  # fmt: skip
        make.visit(child, visit_on=make.days(-nth), mode="video" if nth % 3 == 0 else "f2f_home")
        make.enrolment(schools[nth % 2], child, weeks={date(2020, 6, 1): IN if nth % 4 == 0 else OUT})
    with_plan = make.child(here, district=districts[0])
    EhcPlan.objects.create(child=with_plan, send_id="S1", risk_assessment="safer_at_home", plan_on=make.days(-400))
    for week in range(60):
        on = date(2020, 5, 27) - timedelta(weeks=week)
        ContactDay.objects.create(authority=here, contact_on=on, source_code="1A", contacts=40 + week, referrals=10)
    return here


@pytest.fixture
def fellshire(db):
    return council("fellshire", 20)


@pytest.fixture
def fenborough(db):
    return council("fenborough", 9)


@pytest.fixture
def leader(fellshire, fenborough) -> User:
    """A director of both councils."""
    who = make.user(Role.LEADER, of=fellshire)
    Membership.objects.create(user=who, authority=fenborough, role=Role.LEADER, starts_on=date(2020, 1, 1))
    return who
