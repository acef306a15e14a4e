"""Rows of contact as frames: this app's one door to the core."""

from collections.abc import Sequence

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.contact.models import AgreedInterval, Sighting, Visit
from keepsight.apps.people.frames import of_children


def visits_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Visits made and tried: ``FactTables.visits``. A mode that nobody recorded is empty text."""
    chosen = of_children(Visit.objects.all(), authority, children)
    names = ["child_id", "visit_on", "mode", "seen", "seen_alone", "outcome", "service"]
    return rows.read(chosen, names)


def sightings_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Other professionals who saw or heard the child: ``FactTables.sightings``."""
    chosen = of_children(Sighting.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "seen_on", "line", "face_to_face"])


def agreed_intervals(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """How often the children's own plans say that they are seen."""
    chosen = of_children(AgreedInterval.objects.filter(is_current=True), authority, children)
    return rows.read(chosen, ["child_id", "every", "unit"])
