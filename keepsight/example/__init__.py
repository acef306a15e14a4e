"""
The example authorities: an invented shared service of two councils, written as councils' systems export.

Fellshire is large and rural, Fenborough small and urban. Levels and shares come from the pack
``example``; every person, school, street and postcode is invented and looks it. The same seed,
scale and day give the same bytes. Every weekday that is no bank holiday is taken for a school day.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from keepsight.core.errors import BadInput
from keepsight.example import attendance, council
from keepsight.example.dice import Dice
from keepsight.example.shares import CODES, profile

SMALLEST, LARGEST = 0.005, 10.0


def write(
    folder: Path,
    *,
    as_at: date,
    scale: float = 1.0,
    seed: int = 2020,
    progress: Callable[[str, float], None] | None = None,
) -> dict[str, Any]:
    """
    Write the files of both councils below ``folder``.

    Parameters
    ----------
    folder : Path
        Made where it is not there; files of the same names are written over.
    as_at : date
        The day that the files describe: the registers end the day before. [date]
    scale : float
        Multiplies children, cases, schools and settlements. [0.005–10]
    seed : int
        Another seed invents other people.
    progress : callable, optional
        Told what is being written and how much is done. [0–1]

    Returns
    -------
    dict
        What ``example.json`` says: day, scale, seed, and for each council its counts of rows and children.

    Raises
    ------
    BadInput
        If the scale is out of range, or the day lies outside the calendar of bank holidays.
        Nothing is written then.
    """
    if not SMALLEST <= scale <= LARGEST:
        raise BadInput(f"The scale of the example must lie between {SMALLEST} and {LARGEST:g}; {scale:g} does not.")
    list(attendance.weeks(as_at))  # a day that no calendar knows is refused before anything is written
    said: dict[str, Any] = {"as_at": as_at.isoformat(), "scale": scale, "seed": seed, "authorities": {}}
    sizes = {"fellshire": 0.64, "fenborough": 0.36}
    done = 0.0
    for code in CODES:

        def tell(what: str, part: float, code: str = code, done: float = done) -> None:
            if progress:
                progress(f"{code}: {what}", done + sizes[code] * min(1.0, part))

        said["authorities"][code] = council.write(
            profile(code, scale), folder / code, as_at=as_at, dice=Dice(seed, code), tell=tell
        )
        done += sizes[code]
    (folder / "example.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    if progress:
        progress("written", 1.0)
    return said


__all__ = ["CODES", "write"]
