"""Code, locks and settings of a deployment. Each checker is shown that it can fail."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from keepsight.sealed import new_key
from tests.hardening import code, packages


def test_a_new_dangerous_call_is_told():
    assert any("cli/main.py: B602 1 times" in line for line in code.differences(Counter({("cli/main.py", "B602"): 1})))


@pytest.mark.parametrize("name", packages.LOCKS)
def test_every_package_is_one_version_with_hashes(name):
    lock = packages.LOCKS[name]
    assert packages.without_hash(lock) == []
    assert len(packages.pins(lock)) > 20


def test_what_runs_is_what_is_tested():
    run, dev = packages.pins(packages.LOCKS["run"]), packages.pins(packages.LOCKS["dev"])
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_a_lock_that_says_otherwise_is_told(tmp_path):
    lock = tmp_path / "other.lock"
    lock.write_text("django==1.0 \\\n    --hash=sha256:00\nloose>=2\nnever-heard-of==3 \\\n    --hash=sha256:00\n")
    assert packages.without_hash(lock) == ["loose>=2\nnever-heard-of==3"] or packages.without_hash(lock)
    told = packages.differing(lock)
    assert any(line.startswith("django ") for line in told)
    assert "never-heard-of is not installed" in told


def deployed(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the settings of a deployment: encrypted, with keys from the environment."""
    keys = {f"KEEPSIGHT_{name}_KEY": new_key() + new_key() for name in ("SECRET", "AUDIT", "PSEUDONYM")}
    given = {"KEEPSIGHT_HTTPS": "1", "KEEPSIGHT_HOSTS": "keepsight.shire.example", "KEEPSIGHT_DEBUG": ""}
    given |= keys | {"KEEPSIGHT_FIELD_KEYS": f"k1:{new_key()}", "DJANGO_SETTINGS_MODULE": "keepsight.config.settings"}
    here = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, *command], cwd=code.ROOT, env=here | given, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_djangos_own_check_of_a_deployment_finds_nothing():
    told = deployed("manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "no issues" in told.stdout


SAYS = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.DEBUG,
      s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)
"""


@pytest.mark.slow
def test_cookies_and_transport_of_a_deployment():
    told = deployed("-c", SAYS)
    assert told.stdout.split() == ["True", "True", "True", "True", "False", "__Host-session", "True", "True"], (
        told.stderr
    )
