"""Definitions in force: the version of a register as its rule, read once."""

import functools
import tomllib
from typing import Any

import tomli_w

from keepsight.apps.accounts.models import Authority
from keepsight.apps.registers.models import Register, Version
from keepsight.core.packs.checks import check
from keepsight.core.packs.kinds import Register as Rule


def as_text(table: dict[str, Any]) -> str:
    """A definition as TOML, as it is kept, shown and exported."""
    return tomli_w.dumps(table, multiline_strings=True)


def read_text(text: str, *, where: str) -> Rule:
    """
    Read a definition.

    Raises
    ------
    PackError
        With a sentence that names the key and says what would be right.
    """
    rule = check("registers/one", tomllib.loads(text), where=where)
    assert isinstance(rule, Rule)
    return rule


@functools.lru_cache(maxsize=2000)
def _rule(version_id: int, text: str) -> Rule:
    return read_text(text, where=f"version {version_id}")


def rule_of(version: Version) -> Rule:
    """The definition that a version holds. Versions never change, so it is read once."""
    return _rule(version.pk, version.definition)


def register_of(authority: Authority, key: str) -> Register:
    """
    The register of an authority with its current version.

    Raises
    ------
    Register.DoesNotExist
        Where none was installed.
    """
    return Register.objects.select_related("current", "authority").get(authority=authority, key=key)
