"""What each queue is called, and what it means: one sentence above every list."""

import functools
from dataclasses import dataclass

from keepsight.core.packs import book


@dataclass(frozen=True)
class QueueWords:
    """A queue in words: on a tile, as a heading, and what puts a child there."""

    tile: str
    heading: str
    means: str
    tone: str = ""


QUEUE_WORDS: dict[str, QueueWords] = {
    "open": QueueWords("open cases", "Open cases", "Every open case of social care and early help."),
    "to-see": QueueWords("to see today", "To see today", "A contact is due today or is overdue.", "warn"),
    "overdue": QueueWords("overdue", "Overdue", "The day by which the child was to be seen has passed.", "bad"),
    "due-soon": QueueWords("due soon", "Due soon", "A contact falls due in the last fifth of its interval."),
    "nobody": QueueWords(
        "nobody has seen", "Nobody has seen",
        "No professional of any kind has seen or heard the child in time: not social care, not school, nobody.", "bad",
    ),
    "red": QueueWords("Red", "Red", "The level in force is Red.", "bad"),
    "red-not-seen": QueueWords(
        "Red, not seen face to face", "Red, not seen face to face",
        "The level is Red and the child was not seen face to face within the interval.", "bad",
    ),
    "amber": QueueWords("Amber", "Amber", "The level in force is Amber.", "warn"),
    "green": QueueWords("Green", "Green", "The level in force is Green."),
    "unrated": QueueWords(
        "unrated", "Unrated", "No worker has confirmed a level. Work these children as Red until one does.", "warn"
    ),
    "review-expired": QueueWords(
        "reviews expired", "Reviews of rating expired", "The level was to be looked at again and was not.", "warn"
    ),
    "worker-left": QueueWords(
        "worker has left", "Worker has left",
        "The account of the child's worker has ended. The case system names nobody else yet.", "bad",
    ),
    "safe-contact-review": QueueWords(
        "safe contact to look at again", "Safe contact to look at again",
        "The day has come on which the manager of the case looks again at how the family is reached safely.", "warn",
    ),
}  # fmt: skip


@functools.cache
def override_words() -> dict[str, str]:
    """Reasons for another level than the computed one, by code, as the standing pack names them."""
    return {entry["id"]: entry["title"] for entry in book().table("rating")["override"]["reasons"]}
