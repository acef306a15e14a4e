"""My account: in words, and only one's own."""

import re

from keepsight.apps.accounts.models import Cover, Membership, Role, TermsAccepted
from tests import factories as make


def text(client, path="/account/") -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).content.decode()))


def test_roles_stand_there_in_words_with_until_when(inside, example):
    team = make.team(example, name="Beckside Team")
    user = make.user(Role.PRACTITIONER, team=team, expires_on=make.days(40))
    Membership.objects.create(
        user=user, authority=example, role=Role.DUTY_WORKER, starts_on=make.days(-9), ends_on=make.days(30)
    )
    Membership.objects.create(
        user=user, authority=example, role=Role.ANALYST, starts_on=make.days(-9), ends_on=make.days(-1)
    )
    absent = make.user(Role.PRACTITIONER, team=team, name="Nell Awayton")
    Cover.objects.create(
        absent=absent, stand_in=user, starts_on=make.TODAY, ends_on=make.days(7), reason="leave",
        arranged_by="Manager", arranged_at=make.NOW,
    )  # fmt: skip
    page = text(inside(user))
    assert "Practitioner Beckside Team" in page
    assert f"Duty worker (EDT) All of {example.name}, until 3 July 2020" in page
    assert "Analyst" not in page
    assert "You stand in for Nell Awayton until 10 June 2020" in page
    assert "This account ends on 13 July 2020" in page
    assert "you accepted version" in page


def test_the_name_in_the_header_leads_there(inside, worker):
    page = inside(worker).get("/work/").content.decode()
    link = re.search(r'<a class="[^"]*" href="/account/">(.*?)</a>', page)[1]
    assert worker.name in link


def test_strangers_sign_in_first(client):
    assert client.get("/account/").headers["location"].startswith("/account/login/")
    assert "ks-me" not in client.get("/account/login/").content.decode()


def test_it_is_there_without_any_role(inside):
    nobody = make.User.objects.create_user("new@example.org", make.PASSWORD, name="Newly Come")
    TermsAccepted.objects.create(user=nobody, version=make.terms.current().version, accepted_at=make.NOW)
    assert "You have no role here yet" in text(inside(nobody))
