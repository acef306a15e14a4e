"""``keepsight doctor``: for each thing that a deployment can lack, the sentence that says so."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import Anchor, EventKind
from keepsight.apps.people.models import SafeContact
from keepsight.cli import doctor as command
from keepsight.config import doctor
from keepsight.sealed import new_key
from tests import factories as make
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def told(topic: str) -> str:
    return " ".join(lack.sentence for lack in doctor.lacks(TODAY) if lack.topic == topic)


@pytest.mark.parametrize("variable", doctor.KEYS)
def test_a_key_that_lies_beside_what_it_guards(variable, monkeypatch):
    for each in doctor.KEYS:
        monkeypatch.setenv(each, f"k:{new_key()}")
    assert told("Keys") == ""
    monkeypatch.delenv(variable)
    assert doctor.KEYS[variable] in told("Keys")


def test_pages_without_encryption(settings):
    settings.SECURE_SSL_REDIRECT = False
    assert "without encryption" in told("Transport")
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["keepsight.shire.example"]
    assert told("Transport") == ""


def test_debugging(settings):
    assert told("Settings") == ""
    settings.DEBUG = True
    assert "Debugging" in told("Settings")


def test_a_key_that_is_gone_and_one_that_is_old(settings):
    first, second = f"a:{new_key()}", f"b:{new_key()}"
    settings.FIELD_KEYS = first
    SafeContact.objects.create(child=make.child(), code_word="heron", set_by="W", set_at=NOW, review_on=TODAY)
    settings.FIELD_KEYS = f"{second},{first}"
    assert "1 texts are sealed with an older key" in told("Keys")
    settings.FIELD_KEYS = second
    assert "sealed with the key a, which is missing" in told("Keys")


def test_a_log_that_nobody_anchors_or_checks():
    audit.record(EventKind.SIGNED_IN, at=NOW)
    assert "not been anchored" in told("Log")
    assert "not been checked" in told("Log")
    Anchor.objects.create(seq=1, link="0" * 64, at=NOW)
    audit.record(EventKind.AUDIT_VERIFIED, at=NOW - timedelta(days=7))
    assert told("Log") == ""


def test_the_example_beside_a_real_authority():
    make.authority()
    assert told("Example") == ""
    make.authority(is_example=False)
    assert "beside a real authority" in told("Example")


def test_a_real_authority_without_second_factor_or_watch():
    real = make.authority(is_example=False, settings={"second_factor": "off"})
    assert "no second factor" in told("Sign-in")
    assert "Nobody at" in told("People")
    for role in (Role.INFORMATION_GOVERNANCE, Role.ADMINISTRATOR, Role.ADMINISTRATOR):
        make.user(role, of=real)
    assert told("People") == ""


def test_the_command_fails_while_something_is_lacking_and_changes_nothing():
    done = CliRunner().invoke(command.command)
    assert done.exit_code == 1
    assert "Lacking  " in done.output
    assert f"{len(doctor.CHECKS)} checks: " in done.output
