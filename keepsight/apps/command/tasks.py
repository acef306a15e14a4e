"""What time brings in an emergency: meetings to plan, returns to ask for and to chase."""

from datetime import datetime, timedelta

from django.utils import timezone

from keepsight.apps.command.actions import meetings, returns
from keepsight.apps.events.models import Event

AHEAD = timedelta(days=14)  # meetings stand in the calendar so long before


def tick(at: datetime) -> dict[str, int]:
    """
    Plan meetings, open the rounds of the day, count what came another way, chase what is missing.

    Run every few minutes. Run twice, or by two at once, it does nothing twice.
    """
    counts = {"meetings": 0, "rounds": 0, "taken_in": 0, "chased": 0}
    until = timezone.localtime(at).date() + AHEAD
    for event in Event.objects.filter(state=Event.State.ACTIVE).select_related("authority"):
        counts["meetings"] += meetings.plan_meetings(event, until, at)
        counts["rounds"] += returns.open_rounds(event, at)
        counts["taken_in"] += returns.take_in(event, at)
        counts["chased"] += returns.chase_missing(event, at)
    return counts
