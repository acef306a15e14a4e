"""Answers about contact. The lists of the desk are in ``desk.queries``, over the queues in ``models``."""

from typing import Any

from keepsight.apps.accounts.models import User
from keepsight.apps.contact.models import AgreedInterval, Sighting, VisitDraft
from keepsight.apps.people.models import Child


def draft_of(user: User, child: Child) -> dict[str, Any]:
    """What this person has typed of a visit to this child and not yet sent; empty where nothing."""
    return VisitDraft.objects.filter(user=user, child=child).values_list("answers", flat=True).first() or {}


def seen_by_others(child: Child) -> list[tuple[Any, ...]]:
    """Recorded sightings, newest first: day, line, who, face to face, note."""
    found = Sighting.objects.filter(child=child).order_by("-seen_on", "-pk")
    return list(found.values_list("seen_on", "line", "who", "face_to_face", "note"))


def agreed_interval_of(child: Child) -> tuple[int, str, str] | None:
    """How often the child's own plan says that they are seen: number, unit, reason."""
    found = AgreedInterval.objects.filter(child=child, is_current=True)
    return found.values_list("every", "unit", "reason").first()
