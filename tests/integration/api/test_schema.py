"""Invented calls: none breaks the interface, every answer is as its document says, and nobody out of reach is named."""

import json

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from keepsight.apps.accounts.models import Role
from keepsight.apps.api.views.interface import api
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from tests import factories as make
from tests.integration.api.calling import Caller
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


def operations():
    import keepsight.apps.api.urls  # noqa: F401, PLC0415 – calls make themselves known

    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
    schema.app = get_wsgi_application()
    return [each.ok() for each in schema.get_all_operations()]


@pytest.fixture(autouse=True)
def one_connection():
    """A server gives its connection back after each request; here it holds the test's transaction, as in Django's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.label)
def test_no_invented_call_breaks_it(operation):
    with time_machine.travel(make.NOW, tick=False):
        authority = make.authority()
        register = recording.register(authority, subject="child", subject_required=False)
        leader, manager = (make.user(role, of=authority) for role in (Role.LEADER, Role.TEAM_MANAGER))
        seen, unseen = make.child(authority), make.child(authority, forename="Unseen", record_class="restricted")
        for child in (seen, unseen):
            make.plan(child, make.worker(make.team(authority)))
        entry = actions.add(register, {"f_text": "Thing"}, by=leader, at=make.NOW, about=About(child=seen))
        type(entry).objects.filter(pk=entry.pk).update(values={"f_text": "Thing", "f_child": unseen.pk})
        headers, turn = Caller(manager).headers, iter(range(10_000))
        known = {"code": authority.code, "key": register.key, "ref": str(entry.ref)}

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def called(case):
            if next(turn) % 4:  # most calls reach what is there
                case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS, headers=headers)
            assert "Unseen" not in response.text
            assert str(unseen.ref) not in response.text

        called()
