"""Levels and shares of an invented council, read from the pack ``example``."""

import functools
from dataclasses import dataclass
from typing import Any

from keepsight.core.packs import read_pack
from keepsight.core.packs.book import FOLDER

CODES = ("fellshire", "fenborough")
FEWEST = {
    "nursery": 1,
    "primary": 4,
    "secondary": 2,
    "special": 1,
    "pru": 1,
    "college": 1,
}  # schools, at the smallest scale
FEWEST_CASES = 6


@functools.cache
def table() -> dict[str, Any]:
    """Give the pack's ``shares`` table."""
    return read_pack(FOLDER / "example").tables["shares"]


@dataclass(frozen=True)
class Profile:
    """One council at one scale."""

    code: str
    scale: float
    own: dict[str, Any]
    common: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.own["name"])

    @property
    def number(self) -> int:
        """DfE number: one that no council has."""
        return int(self.own["dfe_number"])

    @property
    def place(self) -> int:
        """0 for the first council, 1 for the second: keeps their number ranges apart."""
        return CODES.index(self.code)

    def count(self, *path: str, fewest: int = FEWEST_CASES) -> int:
        """Give a level of the pack at this scale, and never fewer than a handful."""
        value: Any = self.own
        for key in path:
            value = value[key]
        return max(fewest, round(value * self.scale))

    def schools(self) -> dict[str, int]:
        """Give how many schools of each phase."""
        return {phase: max(FEWEST[phase], round(n * self.scale)) for phase, n in self.own["schools"].items()}

    def share(self, name: str) -> float:
        """Give a share of this council, or the one common to both."""
        return float(self.own["shares"].get(name, self.common["shares"].get(name, 0.0)))


def profile(code: str, scale: float) -> Profile:
    """Give one council's levels and shares."""
    return Profile(code, scale, table()[code], table()["common"])
