"""What each canonical frame loads into, in the order in which it can: one list, one engine."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from keepsight.apps.intake import contact_in, findings, learning_in, marks_in, people_in, places_in
from keepsight.apps.intake.register import load_children
from keepsight.apps.intake.spells_in import INVOLVEMENTS
from keepsight.apps.intake.whose import link_rows, load_identifiers
from keepsight.apps.intake.work import Target, Work


@dataclass(frozen=True)
class Step:
    """One part of a load, with the words that people see while it runs."""

    says: str
    run: Callable[[Work], None]


def _put(*targets: Target) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        for target in targets:
            frame = work.frames.get(target.name)
            if frame is not None:
                work.put(target, frame)

    return run


def _identifiers(work: Work) -> None:
    if (new := work.maps.get("new_identifiers")) is not None:
        load_identifiers(work, new)


def _enrolments(work: Work) -> None:
    if (frame := work.frames.get("enrolments")) is not None:
        learning_in.load_enrolments(work, frame)
    learning_in.link_known_pupils(work)


def _last_visits(work: Work) -> None:
    if (frame := contact_in.last_visits(work)).height:
        work.put(contact_in.LAST_VISITS, frame)


def _ratings(work: Work) -> None:
    if (frame := work.frames.get("rag_tracker")) is not None:
        contact_in.load_ratings(work, frame)


def _adopters(work: Work) -> None:
    """
    Count adopters and keep none of them.

    They are adults, and this register is of children. They are not lost: the finding says how many
    rows there were, and the file can be loaded again when there is a register that needs them.
    """
    frame = work.frames.get("adopters")
    if frame is None or frame.is_empty():
        return
    together = frame.group_by("file", "sheet", maintain_order=True).agg(
        pl.lit(None, pl.Int64).alias("row"), pl.len().cast(pl.Int64).alias("rows")
    )
    work.named.append(
        findings.of_rows(
            together, code="not_needed_yet", severity="note", found=pl.format("{} rows", "rows"),
            expected="Lists about children.",
            done="Adopters are adults and this register is of children: counted here and not kept.",
            left_out=pl.col("rows"),
        )
    )  # fmt: skip
    work.count("adopters", rejected=frame.height)


STEPS = (
    Step("Postcodes", _put(places_in.POSTCODES)),
    Step("Settings", _put(places_in.SETTINGS)),
    Step("Linking rows to children", link_rows),
    Step("Teams and workers", people_in.load_teams_and_workers),
    Step("Addresses on the map", people_in.place_addresses),
    Step("Children", load_children),
    Step("Identifiers", _identifiers),
    Step("Families and addresses", _put(people_in.FAMILIES, people_in.ADDRESSES)),
    Step("Factors, missing episodes, alerts", _put(people_in.FACTORS, people_in.MISSING, people_in.ALERTS)),
    Step("Rolls", _enrolments),
    Step("School census", _put(*learning_in.CENSUS)),
    Step("Education, health and care plans", _put(learning_in.EHC_PLANS)),
    Step("Front door", _put(contact_in.CONTACTS, contact_in.REFERRALS, contact_in.HISTORY)),
    Step("Involvements", _put(*INVOLVEMENTS)),
    Step("Visits", _put(contact_in.VISITS)),
    Step("Days last seen", _last_visits),
    Step("Ratings of the council", _ratings),
    Step("Adopters", _adopters),
    Step("Attendance", marks_in.load_attendance),
)
