"""Figures for members: the newest snapshot of each authority, every count through ``core.disclosure``."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.briefing.snapshots import frames_of
from keepsight.core.briefing.document import Section
from keepsight.core.briefing.figures import figures
from keepsight.core.briefing.found import Found
from keepsight.core.briefing.indicators import Indicator, read_indicators
from keepsight.core.briefing.members import SHOWN, sections_of
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds import Indicators


@dataclass(frozen=True)
class Edition:
    """One authority's figures as they may leave the service, and from when they are."""

    authority: str
    as_at: date
    taken_at: datetime
    snapshot: int
    sections: tuple[Section, ...]
    definitions: tuple[Indicator, ...]


def editions_of(authorities: Iterable[Authority]) -> list[Edition]:
    """One edition an authority that has a snapshot. Each stands alone: sums over several could be taken apart."""
    found = []
    for authority in authorities:
        newest = Snapshot.objects.filter(authority_code=authority.code).order_by("-taken_at", "-pk").first()
        if newest is not None:
            found.append(_edition(authority, newest))
    return found


def _edition(authority: Authority, snapshot: Snapshot) -> Edition:
    sections, definitions = _suppressed(snapshot.pk, snapshot.digest, authority.pk, authority.name)
    return Edition(authority.name, snapshot.as_at, snapshot.taken_at, snapshot.pk, sections, definitions)


@functools.lru_cache(maxsize=16)
def _suppressed(
    pk: int, digest: str, authority_id: int, name: str
) -> tuple[tuple[Section, ...], tuple[Indicator, ...]]:
    """A snapshot never changes, so neither do its figures; ``digest`` says which it is."""
    snapshot, authority = Snapshot.objects.get(pk=pk), Authority.objects.get(pk=authority_id)
    book = in_force(authority).book
    rules = read_indicators(book.read("indicators", Indicators))
    calendar = WorkingCalendar.from_table(book.table("calendar"))
    frame = figures(frames_of([snapshot]), rules, on=snapshot.as_at, calendar=calendar)
    found = Found(frame, {rule.id: rule for rule in rules}, {authority.code: name})
    return sections_of(found.of_one(authority.code), name), tuple(rule for rule in rules if rule.id in SHOWN)
