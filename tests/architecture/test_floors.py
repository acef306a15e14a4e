"""The walls of the house: keys follow the floors, every page says who may, no clock in the wrong room."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "keepsight" / "apps"
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][1]["layers"]
FLOORS = {label: height for height, layer in enumerate(reversed(LAYERS)) for label in layer.split(" | ")}
# Pages that strangers may open: sign-in comes from allauth, which guards its own.
FROM_LIBRARIES = ("allauth.", "django.views.static", "django.contrib.staticfiles", "whitenoise.")


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("keepsight.apps.")]


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_keys_fall(model):
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model is not None:
            target = field.related_model._meta.app_label
            if target in ("auth", "contenttypes", "sessions"):
                continue
            assert FLOORS[target] <= FLOORS[model._meta.app_label], f"{model._meta.label}.{field.name} points up"


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def test_every_page_declares_its_permission():
    undeclared = [
        address
        for address, view in patterns()
        if not hasattr(view, "permission") and not view.__module__.startswith(FROM_LIBRARIES)
    ]
    assert undeclared == []


def modules(*folders: Path):
    for folder in folders:
        for path in folder.rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


CLOCKS = {("timezone", "now"), ("date", "today"), ("datetime", "now"), ("time", "time")}
CONVERTERS = {("timezone", "localdate"), ("timezone", "localtime")}  # of a given moment; of none they read the clock


def clocks(text: str):
    """Lines that read a clock."""
    given = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            given.add(id(node.func))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = (node.value.id, node.attr)
            if name in CLOCKS or (name in CONVERTERS and id(node) not in given):
                yield node.lineno


def test_only_views_middleware_and_commands_read_the_clock():
    found = []
    for path in modules(ROOT / "keepsight" / "core", ROOT / "keepsight" / "example", APPS):
        text = path.read_text()
        if path.name in ("views.py", "tasks.py") or "views" in path.parts or "@task(" in text:
            continue  # a page or a task of the queue begins when it is asked
        found += [f"{path.relative_to(ROOT)}:{line}" for line in clocks(text)]
    assert found == []


def test_a_clock_is_found_and_a_conversion_is_not():
    assert list(clocks("day = timezone.localdate()")) == [1]
    assert list(clocks("now = timezone.now")) == [1]
    assert list(clocks("day = timezone.localdate(at)")) == []


def test_no_page_reaches_a_record_past_visibility():
    """Views and presenters hold no ``.objects``: rows come from queries and ``…_visible_to``."""
    found = []
    for path in modules(APPS):
        if path.name in ("views.py", "presenters.py"):
            lines = enumerate(path.read_text().splitlines(), 1)
            found += [f"{path.relative_to(ROOT)}:{number}" for number, line in lines if ".objects." in line]
    assert found == []


def test_bulk_writes_go_through_actions_and_frames():
    """``rows.insert`` and friends are for actions and for the one frames file of an app."""
    found = []
    for path in modules(APPS):
        readers = path.name in ("views.py", "presenters.py", "forms.py", "queries.py")
        if readers and re.search(r"rows\.(insert|update|delete)", path.read_text()):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_each_app_says_what_it_knows():
    folders = [path.parent for path in APPS.glob("*/apps.py")]
    missing = [folder.name for folder in folders if not (folder / "README.md").exists()]
    assert missing == []


@pytest.mark.parametrize("word", ["utils.py", "helpers.py", "misc.py", "common.py"])
def test_no_drawer_for_everything(word):
    assert list((ROOT / "keepsight").rglob(word)) == []
