"""Answers about loads: the register's digest, the list of loads, one load with its findings."""

import hashlib
from collections.abc import Sequence

import polars as pl
from django.db.models import Count, Min, QuerySet, Sum

from keepsight import rows
from keepsight.apps.accounts.models import Authority, Team, Worker
from keepsight.apps.audit.models import Finding, Load
from keepsight.apps.contact.models import Visit
from keepsight.apps.intake.undoing import CREATED
from keepsight.apps.people.models import Child, Identifier
from keepsight.apps.places.models import District, Postcode, Setting
from keepsight.apps.risk.models import Confirmation

_NOT_CONTENT = {"id", "ref", "group", "created_load_id", "authority_id", "rating_id", "recorded_at", "user_id"}
_NAMES = {
    "child_id": "child", "setting_id": "setting__urn", "district_id": "district__code", "team_id": "team__name",
    "worker_id": "worker__name", "family_id": "family__number", "source_id": "source__name",
}  # fmt: skip
_BROUGHT = {Visit, Confirmation}  # people add rows here too; the digest is of what files brought


def register_digest(authority: Authority) -> str:
    """
    Give a digest of everything that files have brought to an authority's register.

    Equal digests mean equal rows with equal provenance. Numbers that the database gives out are
    left out and replaced by what they stand for, so the same files give the same digest again.
    """
    whole = hashlib.sha256()
    children = _children(authority)
    for model in (*CREATED, Child, Setting, Team, Worker, District, Postcode):
        whole.update(f"{model._meta.label}\0{_digest(model, authority, children)}\0".encode())
    return whole.hexdigest()


def _children(authority: Authority) -> pl.DataFrame:
    """What stands for a child's number: all identifiers of the child."""
    held = rows.read(Identifier.objects.filter(authority=authority), ["child_id", "scheme", "value"])
    said = held.select("child_id", pl.format("{}={}", "scheme", "value").alias("said"))
    return said.group_by("child_id").agg(pl.col("said").sort().str.join(" ").alias("child"))


def _digest(model: type, authority: Authority, children: pl.DataFrame) -> str:
    attnames = [c.attname for c in model._meta.concrete_fields if c.attname not in _NOT_CONTENT]
    names = {name: name if name == "child_id" else _NAMES.get(name, name) for name in attnames}
    if "enrolment_id" in names:
        del names["enrolment_id"]
        names |= {"pupil": "enrolment__pupil_key", "school": "enrolment__school"}
    if model is Child:
        names["child_id"] = "id"
    frame = rows.read(_rows_of(model, authority), list(names.values()))
    if model is Child:
        frame = frame.rename({"id": "child_id"})
    if "child_id" in frame.columns:
        frame = frame.join(children, on="child_id", how="left").drop("child_id")
    lines = frame.select(
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("\x00") for name in frame.columns], separator="\x1f")
    ).to_series()
    digest = hashlib.sha256()
    for line in lines.sort():
        digest.update(line.encode() + b"\n")
    return f"{lines.len()}:{digest.hexdigest()}"


def _rows_of(model: type, authority: Authority) -> QuerySet:
    fields = {column.name for column in model._meta.concrete_fields}
    every = model._base_manager.all()
    if model in _BROUGHT:
        every = every.exclude(created_load=None)
    if model is Postcode:
        return every
    for path in ("authority", "child", "enrolment", "family"):
        if path in fields:
            return every.filter(**{path if path == "authority" else f"{path}__authority": authority})
    raise LookupError(f"{model.__name__} belongs to no authority.")


# --- lists for pages ------------------------------------------------------------------------------------
def loads_of(codes: Sequence[str]) -> QuerySet[Load]:
    """Loads of these authorities, newest first."""
    return Load.objects.filter(authority_code__in=codes).order_by("-pk")


def findings_of(load: Load, *, file: str = "", severity: str = "", code: str = "") -> QuerySet[Finding]:
    """Findings of a load, chosen by file, severity and code; rejected rows first."""
    chosen = {name: value for name, value in (("file", file), ("severity", severity), ("code", code)) if value}
    return load.findings.filter(**chosen).order_by("file", "sheet", "code", "row", "pk")


def files_of(load: Load) -> list[str]:
    """Names of the files of a load."""
    return list(load.files.order_by("name").values_list("name", flat=True).distinct())


def finding_groups(load: Load) -> list[dict]:
    """
    Give the kinds of finding of a load: those that left rows out first, then the commonest.

    Each has ``severity``, ``code``, ``count``, ``rows`` (left out), ``files`` (how many), ``file``
    and the sentences of its first finding.
    """
    groups = list(
        load.findings.values("severity", "code").annotate(
            count=Count("pk"), rows=Sum("rows_left_out"), files=Count("file", distinct=True), first=Min("pk")
        )
    )
    firsts = {
        pk: (file, expected, done)
        for pk, file, expected, done in load.findings.filter(pk__in=[group["first"] for group in groups]).values_list(
            "pk", "file", "expected", "done"
        )
    }
    for group in groups:
        group["file"], group["expected"], group["done"] = firsts[group.pop("first")]
    order = {"rejected": 0, "warning": 1}
    return sorted(groups, key=lambda g: (order.get(g["severity"], 2), -g["count"], g["code"]))
