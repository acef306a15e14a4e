"""The terms of use that everybody accepts who signs in."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Table


@dataclass(frozen=True, kw_only=True)
class Terms(Table):
    """One version of the terms. Whoever accepted an earlier version is asked again."""

    version: str
    title: str
    sentences: tuple[str, ...]
