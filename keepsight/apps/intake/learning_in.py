"""Education: rolls, what the census says about each pupil, and education, health and care plans."""

import polars as pl

from keepsight import rows
from keepsight.apps.intake.columns import number_rows
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.learning.models import EhcPlan, Enrolment, Exclusion, FreeMealPeriod, PupilAddress, TermSessions
from keepsight.apps.places.models import Setting


# --- rolls ----------------------------------------------------------------------------------------
def shape_enrolments(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """
    Pupils on roll, with setting and child.

    A pupil of the last census is known again by the row's own key, or else by UPN, school and the
    day of entry: each census gives its rows new keys.
    """
    settings = rows.read(Setting.objects.filter(authority=work.authority), ["id", "urn"])
    frame = frame.join(settings.rename({"id": "setting_id", "urn": "school"}), on="school", how="left", maintain_order="left")  # fmt: skip  # noqa: E501
    frame = frame.join(work.maps["pupils"], on="upn", how="left", maintain_order="left")
    held = rows.read(_mine_enrolments(work), ["pupil_key", "school", "upn", "entered_on"])
    if held.is_empty():
        return frame
    fresh = frame.join(held, on=["pupil_key", "school"], how="anti")
    again = fresh.filter(pl.col("upn").is_not_null()).select("pupil_key", "school", "upn", "entered_on")
    again = again.unique(["school", "upn", "entered_on"], keep="none")
    stays = held.join(frame, on=["pupil_key", "school"], how="anti").filter(pl.col("upn") != "")
    stays = stays.unique(["school", "upn", "entered_on"], keep="none")
    met = again.join(stays.rename({"pupil_key": "_known"}), on=["school", "upn", "entered_on"], nulls_equal=True)
    frame = frame.join(met.select("pupil_key", "school", "_known"), on=["pupil_key", "school"], how="left", maintain_order="left")  # fmt: skip  # noqa: E501
    return frame.with_columns(
        pl.col("pupil_key").alias("_in_file"), pl.coalesce("_known", "pupil_key").alias("pupil_key")
    )


def load_enrolments(work: Work, frame: pl.DataFrame) -> None:
    """Load rolls, and remember which row of the census is which enrolment."""
    kept = work.put(ENROLMENTS, frame)
    in_file = "_in_file" if "_in_file" in kept.columns else "pupil_key"
    work.maps["enrolments"] = kept.select(pl.col(in_file).alias("pupil_key"), "school", "id", "upn", "left_on", "entered_on")  # fmt: skip  # noqa: E501


def link_known_pupils(work: Work) -> None:
    """Tie pupils who were on roll already to children whose UPN this delivery brought."""
    known = work.maps.get("new_identifiers")
    if known is None or known.is_empty() or "enrolments" in work.frames:
        return
    free = rows.read(_mine_enrolments(work).filter(child=None).exclude(upn=""), ["id", "upn", "child_id"])
    found = free.drop("child_id").join(work.maps["pupils"], on="upn")
    work.alter(Enrolment, found.select("id", "child_id"), free.select("id", "child_id"))
    work.count("enrolments", changed=found.height)


def enrolments_of(work: Work) -> pl.DataFrame:
    """Every enrolment of the authority: those of the register, and those that this delivery makes."""
    names = ["pupil_key", "school", "id", "upn", "left_on", "entered_on"]
    held = rows.read(_mine_enrolments(work), names)
    if work.load_id is not None or "enrolments" not in work.maps:
        return held
    return pl.concat([held, work.maps["enrolments"].select(names)]).unique("id", keep="last")


def _to_enrolment(work: Work, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Tie a row of the census to the pupil's enrolment, by the census's own key."""
    known = work.maps.get("enrolments")
    if known is None:
        known = rows.read(_mine_enrolments(work), ["pupil_key", "school", "id"])
    known = known.select("pupil_key", "school", enrolment_id="id").unique(["pupil_key", "school"], keep="first")
    tied = frame.join(known, on=["pupil_key", "school"], how="left", maintain_order="left")
    return work.leave_out(
        name, tied, pl.col("enrolment_id").is_null(), code="no_pupil",
        expected="A pupil of the roll that came in the same census.",
    )  # fmt: skip


def _census(name: str, key: tuple[str, ...], content: tuple[str, ...]) -> object:
    def shape(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
        return number_rows(_to_enrolment(work, name, frame), key, content)

    return shape


def shape_plans(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Education, health and care plans. A setting that the register does not know stays out of the plan."""
    settings = rows.read(Setting.objects.filter(authority=work.authority), ["id", "urn"])
    return frame.join(settings.rename({"id": "setting_id"}), on="urn", how="left", maintain_order="left")


def _mine_enrolments(work: Work) -> object:
    return Enrolment.objects.filter(authority=work.authority)


def _same_schools(kept: pl.DataFrame, absent: pl.DataFrame) -> pl.DataFrame:
    """A roll is missed only where the file holds the current roll of the same school."""
    schools = kept.filter(pl.col("left_on").is_null())["school"].unique()
    return absent.filter(pl.col("school").is_in(schools.implode()))


def _of_enrolments(model: type) -> object:
    return lambda work: model.objects.filter(enrolment__authority=work.authority)  # type: ignore[attr-defined]


ENROLMENTS = Target(
    name="enrolments",
    model=Enrolment,
    key=("pupil_key", "school"),
    values=(
        "setting_id", "child_id", "upn", "former_upn", "forename", "surname", "date_of_birth", "sex", "year_group",
        "enrol_status", "sen_provision", "fsm", "entered_on", "left_on", "postcode",
    ),
    shape=shape_enrolments,
    mine=_mine_enrolments,
    ends="left_on",
    whole=_same_schools,
    numbered=True,
)  # fmt: skip
CENSUS = (
    Target(
        name="term_sessions",
        model=TermSessions,
        key=("enrolment_id", "code", "number"),
        values=("sessions",),
        shape=_census("term_sessions", ("enrolment_id", "code"), ("sessions",)),
        mine=_of_enrolments(TermSessions),
    ),
    Target(
        name="exclusions",
        model=Exclusion,
        key=("enrolment_id", "started_on", "category", "number"),
        values=("sessions", "reason"),
        shape=_census("exclusions", ("enrolment_id", "started_on", "category"), ("sessions", "reason")),
        mine=_of_enrolments(Exclusion),
    ),
    Target(
        name="pupil_addresses",
        model=PupilAddress,
        key=("enrolment_id", "uprn", "postcode", "number"),
        values=(),
        shape=_census("pupil_addresses", ("enrolment_id", "uprn", "postcode"), ()),
        mine=_of_enrolments(PupilAddress),
    ),
    Target(
        name="fsm_periods",
        model=FreeMealPeriod,
        key=("enrolment_id", "started_on", "country", "number"),
        values=("ended_on",),
        shape=_census("fsm_periods", ("enrolment_id", "started_on", "country"), ("ended_on",)),
        mine=_of_enrolments(FreeMealPeriod),
    ),
)
EHC_PLANS = Target(
    name="ehc_plans",
    model=EhcPlan,
    key=("child_id", "send_id"),
    values=(
        "setting_id", "plan_on", "ceased_on", "primary_need", "last_review_on", "risk_assessment", "risk_assessed_on",
    ),
    shape=shape_plans,
    mine=lambda work: EhcPlan.objects.filter(child__authority=work.authority),
    ends="ceased_on",
    whole=lambda kept, absent: absent,
)  # fmt: skip
