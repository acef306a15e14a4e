"""What was begun and never ended, because a process or a store was gone: taken up again."""

from datetime import datetime

from keepsight.apps.registers.actions import bulk, deleting


def tick(at: datetime) -> dict[str, int]:
    """Take up what stopped. Run twice, or by two at once, it does nothing twice."""
    return {"changes_taken_up": bulk.take_up(at=at), **deleting.delete_waiting()}
