"""Calling the interface as a program does: a token, JSON there and back, no cookie."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from keepsight.apps.accounts.models import User
from keepsight.apps.api import actions
from tests import factories as make


class Caller:
    """Somebody's program."""

    def __init__(self, user: User | None = None, token: str = ""):
        if user is not None:
            self.kept, token = actions.make_token(
                user, name="For the tests", expires_on=make.TODAY + timedelta(days=30), at=make.NOW
            )
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client()

    def get(self, path: str, query: dict[str, Any] | None = None, words: str | None = None) -> Any:
        more = {} if words is None else {"Search-Words": words}
        return self.client.get(f"/api/v1/{path}", query, headers={**self.headers, **more})

    def send(self, path: str, body: Any, method: str = "POST", query: str = "") -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method, f"/api/v1/{path}{query}", text, content_type="application/json", headers=self.headers
        )

    def patch(self, path: str, body: Any) -> Any:
        return self.send(path, body, "PATCH")


def said(response: Any, status: int = 200) -> Any:
    """What was answered; every trouble is a sentence and a code."""
    assert response.status_code == status, (response.status_code, response.content.decode()[:2000])
    assert response["Cache-Control"] == "no-store, private"
    found = response.json()
    if status >= 400:
        assert found["sentence"].endswith("."), found
        assert found["code"]
    return found
