"""Everybody with a role comes somewhere after signing in, and may open it."""

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from tests import factories as make

pytestmark = pytest.mark.django_db

FIRST = {
    Role.EMERGENCY_LEAD: "briefing:picture",
    Role.CELL_MEMBER: "briefing:picture",
    Role.COMMISSIONER: "providers:market",
    Role.WORKFORCE_LEAD: "workforce:staffing",
    Role.COMMUNICATIONS: "partnership:news",
}


def test_those_who_work_in_an_emergency_come_to_their_page(client):
    council = make.authority()
    with time_machine.travel(make.NOW, tick=False):
        for role, page in FIRST.items():
            client.force_login(make.user(role, of=council))
            came = client.get(reverse("desk:home"))
            assert (role, came.status_code, came.headers.get("Location")) == (role, 302, reverse(page))
            assert client.get(reverse(page)).status_code == 200, role
