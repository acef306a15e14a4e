"""Who signs out leaves nothing in the browser."""

import pytest
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_signing_out_clears_what_the_browser_kept():
    client = Client()
    client.force_login(make.user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Clear-Site-Data" not in client.get("/account/logout/")
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'
