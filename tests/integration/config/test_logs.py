"""Whatever goes wrong, no name, number or postcode of a child stands in a log line."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from keepsight.apps.people.models import Identifier
from keepsight.config.logs import NothingTyped, WithoutPeople
from tests import factories as make

SECRETS = ("Ivesworth", "A950000178301", "ZZ9 9ZZ")


def line(record: logging.LogRecord) -> str:
    assert NothingTyped().filter(record)
    return WithoutPeople("{levelname} {name} {message}", style="{").format(record)


def logged(name: str, message: str, *args: object, error: BaseException | None = None, **more: object) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, info)
    record.__dict__.update(more)
    return line(record)


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@pytest.mark.parametrize("words", SECRETS)
def test_words_of_an_error_stay_out_and_its_kind_and_place_stay_in(words):
    told = logged("keepsight", "Trouble with %s", words, error=raised(ValueError(f"cannot read {words}")))
    assert words not in told
    assert "ValueError" in told
    assert "test_logs.py:" in told


def test_an_error_given_as_an_argument_is_told_by_its_kind():
    assert "Ivesworth" not in logged("keepsight", "Gave up: %s", ValueError("Ivesworth"))


def test_an_address_that_somebody_typed_stays_out():
    request = RequestFactory().get("/find/Ivesworth/?q=A950000178301")
    request.resolver_match = None
    told = logged("django.request", "Not Found: %s", request.path, request=request, status_code=404)
    assert told == "ERROR django.request GET no page 404"


def test_a_failed_sign_in_is_told_without_the_address():
    assert "ivesworth" not in logged("axes.handlers.proxy", "AXES: New login failure by {username: ivesworth@x.uk}")


@pytest.mark.django_db
def test_what_the_database_quotes_of_a_row_stays_out():
    child = make.child(surname="Ivesworth")
    Identifier.objects.create(authority=child.authority, child=child, scheme="upn", value="A950000178301")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Identifier.objects.create(authority=child.authority, child=child, scheme="upn", value="A950000178301")
    assert "A950000178301" not in logged("keepsight", "Saving failed", error=caught.value)


def test_the_real_logger_is_wired_so(settings):
    handler = settings.LOGGING["handlers"]["stderr"]
    assert handler["filters"] == ["nothing_typed"]
    assert settings.LOGGING["formatters"][handler["formatter"]]["()"].endswith("WithoutPeople")
