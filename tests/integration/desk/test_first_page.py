"""Whoever has a role has a first page that answers, and it stands in their menu."""

import pytest

from keepsight.apps.accounts.models import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_first_page(sign_in, role):
    client = sign_in(make.user(role, of=make.authority()))
    page = client.get("/", follow=True)
    assert page.status_code == 200
    first = page.redirect_chain[0][0]
    assert f'href="{first}"' in page.content.decode(), "not in the menu"
