"""Operating pictures of an event."""

from django.db.models import QuerySet

from keepsight.apps.command.models import CommandReport
from keepsight.apps.events.models import Event


def listed(reports: QuerySet[CommandReport], event: Event) -> list[CommandReport]:
    """The pictures of an event, the newest first, without their bodies."""
    found = reports.filter(event=event).select_related("made_by", "signed_by", "event")
    return list(found.defer("body").order_by("key", "-number")[:100])


def before(report: CommandReport) -> CommandReport | None:
    """The one before: what changed is compared with it."""
    older = CommandReport.objects.filter(event=report.event, key=report.key, number__lt=report.number)
    return older.exclude(state=CommandReport.State.DRAFT).order_by("-number").first()
