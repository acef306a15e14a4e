"""
Log lines without people in them.

What a library puts into the text of an error is not ours to trust: PostgreSQL quotes the row that
broke a rule, a converter quotes the cell. So a log line says when, how grave, where in the code and
what kind of error; the words of an error that is not of our own tree stay out, and so do addresses
as typed, which may hold a name.
"""

import logging
import traceback
from types import TracebackType

from django.http import HttpRequest

from keepsight.core.errors import KeepsightError

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
TALKS_OF_REQUESTS = ("django.request", "django.security", "django.server", "axes", "allauth")


class WithoutPeople(logging.Formatter):
    """Time, level, logger and message; of an error its kind and where it was raised."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 – as logging names it
        kind, error, trace = ei
        if kind is None:
            return ""
        lines = [f"  {step.filename}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace)]
        cause = error.__cause__ or error.__context__ if error else None
        because = f" (after {_kind(type(cause))})" if cause else ""
        return "\n".join([*lines, f"  {_kind(kind)}{because}"])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 – as logging names it
        return ""


class NothingTyped(logging.Filter):
    """Puts the name of the page in place of what a person typed or sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(TALKS_OF_REQUESTS):
            record.msg, record.args = _said_plainly(record), ()
        elif record.exc_info and isinstance(record.exc_info, tuple):
            error = record.exc_info[1]
            record.msg, record.args = (error.code if isinstance(error, KeepsightError) else "an error"), ()
        elif record.args:
            record.args = _without_errors(record.args)
        record.__dict__.pop("request", None)  # some handlers print it whole
        return True


def _said_plainly(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    status = getattr(record, "status_code", "")
    if not isinstance(request, HttpRequest):
        return f"{record.name} said something about a request {status}".strip()
    match = request.resolver_match
    page = match.view_name or "an unnamed page" if match else "no page"
    return f"{request.method} {page} {status}".strip()


def _without_errors(args: object) -> object:
    """Errors given to a message as arguments, as their kinds."""
    if isinstance(args, tuple):
        return tuple(_kind(type(each)) if isinstance(each, BaseException) else each for each in args)
    return args


def _kind(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__qualname__
