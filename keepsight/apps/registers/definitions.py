"""Definitions in force: the version of a register as its rule, read once."""

import functools
import tomllib
from collections.abc import Iterable
from typing import Any

import tomli_w

from keepsight.apps.accounts.models import Authority
from keepsight.apps.registers.models import Register, Version
from keepsight.core.packs import PackError, book
from keepsight.core.packs.book import known_beside
from keepsight.core.packs.checks import check
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.schema import read
from keepsight.core.registers.checking import Known


def as_text(table: dict[str, Any]) -> str:
    """A definition as TOML, as it is kept, shown and exported."""
    return tomli_w.dumps(table, multiline_strings=True)


def read_text(text: str, *, where: str, known: Known | None = None) -> Rule:
    """
    Read and check a definition.

    Parameters
    ----------
    known : Known, optional
        What it may name beside itself; by default the roles and the schedule of the standing pack.

    Raises
    ------
    PackError
        With a sentence that names the key and says what would be right.
    """
    rule = check("registers/one", _parsed(text, where), where=where, known=known or outside())
    assert isinstance(rule, Rule)
    return rule


def read_keys(text: str, *, where: str) -> Rule:
    """
    Read a definition key by key, without asking whether it can work: a draft, or one that was published once.

    Raises
    ------
    PackError
        Where it is no TOML, or a key is wrong.
    """
    return read(Rule, _parsed(text, where), where=where)


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise PackError(f"{where} is not TOML: {trouble}.") from trouble


@functools.cache
def outside() -> Known:
    """Roles and retention of the standing pack, which every definition may name."""
    known = known_beside(book().tables)
    return Known(known.roles, known.retention)


@functools.lru_cache(maxsize=2000)
def _rule(version_id: int, text: str) -> Rule:
    # It was checked when it was published. A later, stricter check must not close the register.
    return read_keys(text, where=f"version {version_id}")


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


def drafts_of(registers: Iterable[Register]) -> set[int]:
    """Ids of those registers that have a draft."""
    drafts = Version.objects.filter(register__in=list(registers), is_draft=True)
    return set(drafts.values_list("register_id", flat=True))


def published(register: Register) -> list[Version]:
    """The versions of a register, the newest first."""
    versions = Version.objects.filter(register=register, is_draft=False).select_related("made_by")
    return list(versions.order_by("-number"))


def installed(authority: Authority) -> list[tuple[str, str, str, str]]:
    """The registers of an authority: id, name, version, on or off."""
    registers = Register.objects.filter(authority=authority, current__isnull=False).select_related("current")
    return [
        (each.key, rule_of(each.current).plural, str(each.current.number), "on" if each.is_on else "off")
        for each in registers.order_by("key")
        if each.current
    ]
