"""The site as an OpenAPI description: made from its addresses and forms, for a machine that tries answers at random."""

import inspect
from collections.abc import Iterator
from typing import Any

from django import forms
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from tests.access.world import World

QUERY = ("page", "team", "district", "who", "school", "authority", "worker", "sent", "month", "group", "since", "next")
WORDS = {"type": "string", "maxLength": 60}


def described(world: World) -> dict[str, Any]:
    """Paths, kinds of their parts, and the fields of the forms that each page knows."""
    paths = {address: _methods(world, pattern, view) for address, pattern, view in _addresses()}
    return {"openapi": "3.0.3", "info": {"title": "Keepsight", "version": "1"}, "paths": paths}


def _addresses(resolver: Any = None, before: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        parts = (*before, entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, parts)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "permission"):
            route = "/" + "".join(str(part) for part in parts)
            yield _in_braces(route), parts, entry.callback


def _in_braces(route: str) -> str:
    return "".join(
        "{" + piece.partition(">")[0].split(":")[-1] + "}" + piece.partition(">")[2] if ">" in piece else piece
        for piece in route.split("<")
    )


def _methods(world: World, parts: tuple[Any, ...], view: Any) -> dict[str, Any]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": _kind(world, converter)}
        for part in parts
        for name, converter in part.converters.items()
    ]
    asked = [{"name": name, "in": "query", "schema": WORDS} for name in QUERY]
    fields = {name: WORDS for form in _forms_of(view) for name in form.base_fields}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}}
    answers = {"200": {"description": "a page"}}
    return {
        "get": {"parameters": [*inside, *asked], "responses": answers},
        "post": {"parameters": inside, "requestBody": body, "responses": answers},
    }


def _kind(world: World, converter: Any) -> dict[str, Any]:
    if isinstance(converter, UUIDConverter):
        known = [str(subject.child.ref) for subject in world.subjects.values()]
        return {"anyOf": [{"enum": known}, {"type": "string", "format": "uuid"}]}
    if isinstance(converter, IntConverter):
        return {"anyOf": [{"enum": list(range(1, 15))}, {"type": "integer", "minimum": 0}]}
    return {
        "anyOf": [{"enum": ["open", "to-see", "pdf", "fellshire", "practitioner"]}, {"type": "string", "minLength": 1}]
    }


def _forms_of(view: Any) -> list[Any]:
    """The forms that the view's own file names."""
    known = getattr(inspect.unwrap(view), "__globals__", {}).values()
    return [each for each in known if inspect.isclass(each) and issubclass(each, forms.Form)]
