"""Days, times and lists as people say them."""

from collections.abc import Iterable, Sequence

from keepsight.core.packs.kinds.events import WEEKDAYS

DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
MODE_NAMES = {
    "bau": "contact as usual",
    "emergency": "the emergency’s contact table",
    "recovery": "the contact table of recovery",
}  # fmt: skip
LEVEL_NAMES = {
    "strategic": "Strategic", "tactical": "Tactical", "operational": "Operational", "cell": "Cell", "group": "Group",
}  # fmt: skip


def listed(words: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    several = list(words)
    return several[0] if len(several) == 1 else f"{', '.join(several[:-1])} and {several[-1]}" if several else ""


def on_days(days: Sequence[str]) -> str:
    """“each day”, “each working day”, “on Monday and Friday”."""
    chosen = [day for day in WEEKDAYS if day in days]
    if len(chosen) == len(WEEKDAYS):
        return "each day"
    if chosen == list(WEEKDAYS[:5]):
        return "each working day"
    return f"on {listed(DAY_NAMES[day] for day in chosen)}"


def often(days: Sequence[str], times: Sequence[str], every_weeks: int = 1) -> str:
    """“each working day at 08:30 and 16:30”, “on Thursday at 10:00, every 2 weeks”."""
    said = f"{on_days(days)} at {listed(sorted(times))}"
    return said if every_weeks < 2 else f"{said}, every {every_weeks} weeks"
