"""Sealed fields: unreadable in the database, bound to their place, sealed anew with a new key."""

import pytest
from click.testing import CliRunner
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from keepsight import sealed
from keepsight.apps.audit.models import Event
from keepsight.apps.people.models import SafeContact
from keepsight.cli import keys
from tests import factories as make

K1, K2 = f"k1:{sealed.new_key()}", f"k2:{sealed.new_key()}"


@pytest.fixture(autouse=True)
def ring(settings):
    settings.FIELD_KEYS = K1


def contact(**given) -> SafeContact:
    return SafeContact.objects.create(
        child=make.child(),
        **{"address": "7 Hidden Lane", "code_word": "heron", "set_by": "Wren", "set_at": make.NOW,
           "review_on": make.days(90), **given},
    )  # fmt: skip


def stored(column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_safecontact ORDER BY child_id")  # noqa: S608 – our own column
        return [row[0] for row in cursor.fetchall()]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_whatever_is_sealed_opens_again_here_and_nowhere_else(text):
    from django.test import override_settings

    with override_settings(FIELD_KEYS=K1):
        token = sealed.seal(text, "here.column")
        assert sealed.unseal(token, "here.column") == text
        with pytest.raises(sealed.CannotOpen):
            sealed.unseal(token, "elsewhere.column")


@pytest.mark.django_db
def test_the_database_holds_no_word_of_it():
    held = contact()
    assert stored("address")[0].startswith("k1:")
    assert "Hidden" not in stored("address")[0]
    held.refresh_from_db()
    assert (held.address, held.code_word, held.phone) == ("7 Hidden Lane", "heron", "")


@pytest.mark.django_db
def test_the_same_words_are_sealed_differently_each_time():
    contact()
    contact()
    first, second = stored("code_word")
    assert first != second


@pytest.mark.django_db
def test_a_text_copied_from_another_column_does_not_open():
    held = contact()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_safecontact SET address = code_word")
    with pytest.raises(sealed.CannotOpen, match="moved here"):
        SafeContact.objects.get(pk=held.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", [{"address": "x"}, {"address__contains": "x"}, {"address__startswith": "7"}])
def test_it_cannot_be_searched(lookup):
    with pytest.raises(FieldError, match="sealed"):
        SafeContact.objects.filter(**lookup).exists()


@pytest.mark.django_db
def test_rotation_seals_all_anew_and_the_old_key_may_go(settings):
    held = [contact(address=f"{number} Hidden Lane") for number in range(3)]
    settings.FIELD_KEYS = f"{K2},{K1}"
    assert sealed.counted() == {("people_safecontact.address", "k1"): 3, ("people_safecontact.code_word", "k1"): 3}
    done = CliRunner().invoke(keys.command, ["rotate"], catch_exceptions=False)
    assert done.output == "6 texts sealed anew with the key k2.\n"
    assert Event.objects.get(kind="keys_rotated").detail == {"texts": 6, "key": "k2"}
    settings.FIELD_KEYS = K2
    assert [SafeContact.objects.get(pk=row.pk).address for row in held] == [f"{n} Hidden Lane" for n in range(3)]
    assert sealed.seal_anew(batch=2) == 0


@pytest.mark.django_db
def test_without_its_key_a_text_says_which_key_it_needs(settings):
    held = contact()
    settings.FIELD_KEYS = K2
    with pytest.raises(sealed.CannotOpen, match="needs the key k1"):
        SafeContact.objects.get(pk=held.pk)


def test_a_new_key_has_the_length_of_the_cipher():
    printed = CliRunner().invoke(keys.command, ["new", "k9"]).output.strip()
    key_id, _, key = printed.partition(":")
    assert key_id == "k9"
    assert len(sealed.base64.urlsafe_b64decode(key)) == 32


@pytest.mark.django_db
def test_secrets_of_second_factors_are_sealed_anew_too(settings):
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    secret = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    held = Authenticator.objects.create(user=make.user(), type="totp", data={"secret": secret, "other": "a:b"})
    settings.FIELD_KEYS = f"{K2},{K1}"
    assert sealed.counted() == {("mfa_authenticator.data", "k1"): 1}
    assert sealed.seal_anew(batch=10) == 1
    settings.FIELD_KEYS = K2
    held.refresh_from_db()
    assert get_adapter().decrypt(held.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert held.data["other"] == "a:b"
