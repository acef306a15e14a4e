"""Behind TLS: cookies that only this host can set, only over TLS, and no script can read."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ASK = """
import django, json
from django.conf import settings
django.setup()
names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_PATH",
         "SESSION_COOKIE_DOMAIN", "SECURE_SSL_REDIRECT", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def asked(tmp_path, **env: str) -> dict:
    import json

    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "keepsight.config.settings", "KEEPSIGHT_VAR": str(tmp_path)} | env,
    )  # fmt: skip
    return json.loads(run.stdout)


def test_with_https(tmp_path):
    held = asked(tmp_path, KEEPSIGHT_HTTPS="1")
    assert held == {
        "SESSION_COOKIE_NAME": "__Host-session", "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True, "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_PATH": "/", "SESSION_COOKIE_DOMAIN": None,
        "SECURE_SSL_REDIRECT": True, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }  # fmt: skip


def test_without_it_on_one_machine(tmp_path):
    held = asked(tmp_path, KEEPSIGHT_HTTPS="")
    assert held["SESSION_COOKIE_NAME"] == "sessionid"
    assert held["SESSION_COOKIE_HTTPONLY"] is True
