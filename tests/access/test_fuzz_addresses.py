"""Schemathesis answers every address and form at random: nothing breaks, and no child out of reach is named."""

import time

import pytest
import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying

from tests.access.described import described
from tests.access.walk import client_of, facts_in, undone

pytestmark = pytest.mark.django_db
TOKEN = "k" * 32  # the same in cookie and header, as the page's own script would send it
OUT_OF_REACH = {  # of these people, by class; what stands in the address or was typed is no telling
    "practitioner/other team": ("standard", "restricted", "safe_contact", "own_record", "other_authority"),
    "leader": ("restricted", "before_adoption", "own_record", "other_authority"),
    "information_governance/other authority": ("standard", "restricted", "safe_contact", "own_record"),
    "administrator": ("standard", "restricted", "safe_contact", "own_record", "other_authority"),
}
# A link is what was asked for, a school stands among schools; who decides on names meets a restricted record's number.
TELLS_NOTHING = {"leader": set("fskr")}
TRIES = 2


@pytest.mark.slow
@pytest.mark.parametrize("person", OUT_OF_REACH)
def test_random_answers_break_nothing_and_name_nobody(world, person):
    description = schemathesis.openapi.from_dict(described(world))
    description.app = get_wsgi_application()
    session = client_of(world, person).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
    headers = {"X-CSRFToken": TOKEN, "Host": "localhost"}
    sent, begun = 0, time.perf_counter()

    def ask(case):
        nonlocal sent
        cache.clear()
        with undone():
            came = case.call(headers=headers, cookies=cookies)
        sent += 1
        assert came.status_code < 500, case.as_curl_command()
        told = facts_in(world, came.content.decode(errors="replace"))
        for key in OUT_OF_REACH[person]:
            assert not set(told.get(key, "")) - TELLS_NOTHING.get(person, set("fs")), (
                key,
                told[key],
                case.as_curl_command(),
            )

    for found in description.get_all_operations():
        operation = found.ok()
        few = trying(
            max_examples=TRIES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        few(given(case=operation.as_strategy())(ask))()
    print(f"\n{sent} requests as {person} in {time.perf_counter() - begun:.0f} s")
    assert sent > 100
