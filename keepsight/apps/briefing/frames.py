"""
Rows of the register as the tables of a snapshot: this app's one door to the core.

Children are pseudonyms here, days of birth are months, and nothing is free text (RULES §5, analyst).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Q, QuerySet

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.briefing.register_frames import register_entries
from keepsight.apps.contact.models import ContactPlan, Sighting, Visit
from keepsight.apps.frontdoor.models import Contact, ContactDay
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan
from keepsight.apps.people.content import DISTRICT_NOT_SHOWN_WORDS, confidential_children
from keepsight.apps.people.models import Child, Involvement
from keepsight.apps.places.models import PROVIDER, Setting
from keepsight.apps.risk.models import Rating
from keepsight.core.briefing.attendance import attendance_days
from keepsight.core.packs import Book
from keepsight.core.pseudonyms import pseudonyms as of_children
from keepsight.core.terms import Service

SOCIAL_WORKER = (Service.CP, Service.CLA, Service.CIN)
SAFER_THERE = ("safer_at_setting", "as_safe_at_setting")
ATTENDANCE_WEEKS = 6
PLAN = (
    "service", "is_open", "level", "worked_level", "computed_level", "level_review_on", "due_on", "due_soon_on",
    "due_mode", "alone", "bound_by", "bound_id", "f2f_due_on", "last_seen_on", "last_seen_by", "last_f2f_on",
    "last_contact_on", "last_other_on", "sight_lines", "sight_lines_named", "unseen_from", "f2f_in_interval",
)  # fmt: skip


def snapshot_frames(authority: Authority, *, on: date, book: Book) -> dict[str, pl.DataFrame]:
    """Give every table of a snapshot, each in an order of its own that never changes."""
    plans = _plans(authority, on)
    in_force = rows.read(plans_in_force(EhcPlan.objects, [authority.pk], on), ["child_id", "risk_assessment"])
    frames = {
        "plans": plans,
        "ratings": _ratings(authority),
        "involvements": _read(Involvement, authority, ("kind", "started_on", "ended_on")),
        "visits": _read(
            Visit, authority, ("visit_on", "outcome", "mode", "seen", "seen_alone", "service"),
            visit_on__gt=on - timedelta(days=366), visit_on__lte=on,
        ),
        "sightings": _read(Sighting, authority, ("seen_on", "line", "face_to_face"), seen_on__lte=on),
        "contacts": _read(Contact, authority, ("contact_on", "source_code")),
        "ehc_plans": _ehc_plans(authority, on),
        "attendance": _attendance(authority, plans, safer_there(in_force), on, book),
    }  # fmt: skip
    children = pl.concat([frame["child_id"] for frame in frames.values()]).unique()
    names = pl.DataFrame({"child_id": children, "child": pseudonyms(authority, children.to_list())})
    tables = {name: _without_ids(frame, names) for name, frame in frames.items()}
    return tables | {"settings": _settings(authority), "contact_days": _contact_days(authority, on),
                     "entries": register_entries(authority, on)}  # fmt: skip


def pseudonyms(authority: Authority, children: Sequence[int]) -> list[str]:
    """The same child has the same pseudonym in every snapshot of this installation, and in no other."""
    return of_children(settings.PSEUDONYM_KEY, authority.code, children)


def _without_ids(frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    named = frame.join(names, on="child_id", how="left").drop("child_id")
    return named.select("child", pl.exclude("child")).sort(pl.all(), nulls_last=True)


def _read(model: Any, authority: Authority, columns: Sequence[str], **conditions: object) -> pl.DataFrame:
    chosen = model.objects.filter(child__authority_id=authority.pk, **conditions)
    return rows.read(chosen, ["child_id", *columns])


def _plans(authority: Authority, on: date) -> pl.DataFrame:
    chosen = ContactPlan.objects.filter(authority_id=authority.pk)
    person = ["child__sex", "child__ethnicity", "child__disabled", "child__date_of_birth"]
    frame = rows.read(chosen, ["child_id", "child__district__name", "team__name", *person, "planned_for", *PLAN])
    face = pl.col("f2f_due_on")  # as contact.models.lapsed_since_planned
    lapsed = (face >= pl.col("planned_for")) & (face < on)
    return (
        with_districts_told(frame.rename({"child__district__name": "district"}), on)
        .with_columns(
            birth_month=pl.col("child__date_of_birth").dt.month_start(),
            f2f_in_interval=pl.col("f2f_in_interval") & ~lapsed.fill_null(False),
        )
        .select(
            "child_id",
            "district",
            pl.col("team__name").alias("team"),
            *(pl.col(name).alias(name.removeprefix("child__")) for name in person[:3]),
            "birth_month",
            *PLAN,
        )
    )


def with_districts_told(frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The same children without the district of those whose place is confidential: no figure tells it."""
    hidden = list(Child.objects.filter(confidential_children(on)).values_list("pk", flat=True))
    not_shown = pl.when(pl.col("child_id").is_in(hidden)).then(pl.lit(DISTRICT_NOT_SHOWN_WORDS))
    return frame.with_columns(district=not_shown.otherwise(pl.col("district")))


def _ratings(authority: Authority) -> pl.DataFrame:
    """Computed levels in force with the rules that made them, without their sentences."""
    chosen = Rating.objects.filter(authority_id=authority.pk, is_current=True)
    columns = ["child_id", "as_at", "service", "level", "points", "confidence", "reasons", "pack_id", "pack_hash"]
    frame = rows.read(chosen, columns)
    rules = frame["reasons"].map_elements(_rules_of, return_dtype=pl.String)
    return frame.with_columns(rules=rules).drop("reasons")


def _rules_of(reasons: str) -> str:
    import json

    return " ".join(str(reason[0]) for reason in json.loads(reasons))


def plans_now(authority: Authority, on: date) -> pl.DataFrame:
    """The contact plans of this moment as they hold on a day, shaped as in a snapshot."""
    return _plans(authority, on).with_columns(authority=pl.lit(authority.code))


def plans_in_force(plans: Any, authority_ids: Sequence[int], on: date) -> QuerySet[EhcPlan]:
    """EHCPs in force on a day."""
    begun = Q(plan_on=None) | Q(plan_on__lte=on)
    chosen: QuerySet[EhcPlan] = plans.filter(child__authority_id__in=authority_ids)
    return chosen.filter(begun, Q(ceased_on=None) | Q(ceased_on__gt=on))


def _ehc_plans(authority: Authority, on: date) -> pl.DataFrame:
    frame = _read(EhcPlan, authority, ("plan_on", "ceased_on", "primary_need", "risk_assessment", "risk_assessed_on"))
    begun = pl.col("plan_on").is_null() | (pl.col("plan_on") <= on)
    return frame.with_columns(is_open=begun & (pl.col("ceased_on").is_null() | (pl.col("ceased_on") > on)))


def safer_there(ehcp: pl.DataFrame) -> pl.DataFrame:
    """Children with an EHCP in force, and whether they are as safe or safer in their setting."""
    return ehcp.group_by("child_id").agg(safer_there=pl.col("risk_assessment").is_in(SAFER_THERE).any())


def _attendance(authority: Authority, plans: pl.DataFrame, ehcp: pl.DataFrame, on: date, book: Book) -> pl.DataFrame:
    """One row a known child and school day, with why the child counts as vulnerable."""
    chosen = AttendanceWeek.objects.filter(
        enrolment__authority_id=authority.pk,
        enrolment__child__isnull=False,
        week_from__gt=on - timedelta(weeks=ATTENDANCE_WEEKS + 1),
        week_from__lte=on,
    )
    weeks = rows.read(chosen, ["enrolment__child_id", "week_from", "marks"])
    return with_reasons(
        attendance_days(weeks.rename({"enrolment__child_id": "child_id"}), head_count(book)), plans, ehcp
    )


def head_count(book: Book) -> dict[str, list[str]]:
    """Marks of a child who is in, and marks that a head count leaves out."""
    return {
        "present": book.table("facts")["attendance"]["attended"],
        "not_expected": book.table("indicators")["head_count"]["not_expected"],
    }


def with_reasons(days: pl.DataFrame, plans: pl.DataFrame, ehcp: pl.DataFrame) -> pl.DataFrame:
    """Say of each child and day whether the child has a social worker, an EHCP, or counts as vulnerable."""
    worked = plans.select("child_id", "district", "service", "is_open")
    joined = days.rename({"child": "child_id"}).join(worked, on="child_id", how="left")
    joined = joined.join(ehcp, on="child_id", how="left")
    social_worker = (pl.col("is_open") & pl.col("service").is_in(SOCIAL_WORKER)).fill_null(False)
    return joined.with_columns(
        social_worker=social_worker,
        ehcp=pl.col("safer_there").is_not_null(),
        vulnerable=social_worker | pl.col("safer_there").fill_null(False),
    ).drop("is_open", "safer_there")


def _settings(authority: Authority) -> pl.DataFrame:
    columns = [
        "urn",
        "name",
        "phase",
        "status",
        "district__name",
        "latitude",
        "longitude",
        "pupils",
        "capacity",
        "closed_on",
    ]
    frame = rows.read(Setting.objects.filter(authority_id=authority.pk).exclude(type=PROVIDER), columns)
    return frame.rename({"district__name": "district"}).sort("urn")


def _contact_days(authority: Authority, on: date) -> pl.DataFrame:
    chosen = ContactDay.objects.filter(authority_id=authority.pk, contact_on__lte=on)
    frame = rows.read(chosen, ["contact_on", "source_code", "contacts", "referrals"])
    return frame.sort("contact_on", "source_code")
