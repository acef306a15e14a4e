"""Places: postcodes, districts and settings, as the national downloads give them."""

import polars as pl

from keepsight import rows
from keepsight.apps.intake import findings
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.places.models import PROVIDER, District, Postcode, Setting

AT_ONCE, MOST_QUERIES = 500, 40  # above that, reading the whole table is quicker


def shape_postcodes(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    return work.leave_out(
        "postcodes", frame, pl.col("latitude").is_null() | pl.col("longitude").is_null(),
        code="no_place", column="lat", expected="A latitude and a longitude.",
    )  # fmt: skip


def shape_settings(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Settings of this authority, in districts that are made as they are named."""
    frame = _ours(work, frame)
    named = frame.filter(pl.col("district_code").is_not_null()).select("district_code", "district_name")
    _make_districts(work, named.unique("district_code", keep="first", maintain_order=True))
    districts = work.maps["districts"]
    return frame.join(
        districts.rename({"id": "district_id", "code": "district_code"}), on="district_code", how="left",
        maintain_order="left",
    )  # fmt: skip


def _ours(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out settings of other authorities: named together, one finding an authority and file."""
    other = pl.col("la_code").fill_null("") != work.authority.la_code
    theirs = frame.filter(other)
    if theirs.height:
        together = theirs.group_by("file", "sheet", "la_code", maintain_order=True).agg(
            pl.col("row").first(), pl.len().cast(pl.Int64).alias("rows")
        )
        work.named.append(
            findings.of_rows(
                together, code="other_authority", severity="note", column="LA (code)", found=pl.col("la_code"),
                expected=f"Settings of {work.authority.name}, {work.authority.la_code}.",
                done=pl.format("{} settings of another authority were not loaded; this is the first.", pl.col("rows")),
                left_out=pl.col("rows"),
            )
        )  # fmt: skip
        work.count("settings", rejected=theirs.height)
    return frame.filter(~other)


def _make_districts(work: Work, named: pl.DataFrame) -> None:
    held = rows.read(District.objects.filter(authority=work.authority), ["id", "code"])
    new = named.rename({"district_code": "code"}).join(held, on="code", how="anti").sort("code")
    start = rows.next_id(District)
    new = new.select(
        (pl.int_range(pl.len(), dtype=pl.Int64) + start).alias("id"),
        "code",
        pl.coalesce("district_name", "code").str.slice(0, 80).alias("name"),
    )
    work.maps["districts"] = pl.concat([held, new.select("id", "code")])
    work.count("districts", new=new.height, unchanged=named.height - new.height)
    work.insert(District, new)
    work.journal_created(District, new["id"])


def postcodes_of(work: Work, wanted: pl.Series) -> pl.DataFrame:
    """Where these postcodes are: from the register, and from the file of a dry run."""
    names = ["postcode", "latitude", "longitude", "lsoa", "district_code", "idaci_decile"]
    several = [wanted.slice(start, AT_ONCE).to_list() for start in range(0, len(wanted), AT_ONCE)]
    if len(several) > MOST_QUERIES:
        held = rows.read(Postcode.objects.all(), names)
    else:
        parts = [rows.read(Postcode.objects.filter(postcode__in=some), names) for some in several]
        held = pl.concat(parts) if parts else rows.read(Postcode.objects.none(), names)
    if work.load_id is None and "postcodes" in work.frames:
        fresh = work.frames["postcodes"].select(names).drop_nulls("latitude")
        held = pl.concat([held, fresh]).unique("postcode", keep="last")
    return held.filter(pl.col("postcode").is_in(wanted.implode()))


def districts_of(work: Work) -> pl.DataFrame:
    """Number and code of the authority's districts."""
    if "districts" not in work.maps:
        work.maps["districts"] = rows.read(District.objects.filter(authority=work.authority), ["id", "code"])
    return work.maps["districts"]


POSTCODES = Target(
    name="postcodes",
    model=Postcode,
    key=("postcode",),
    values=("latitude", "longitude", "lsoa", "district_code", "idaci_decile"),
    shape=shape_postcodes,
    mine=lambda work: Postcode.objects.all(),
    id_column="postcode",
)
SETTINGS = Target(
    name="settings",
    model=Setting,
    key=("urn",),
    values=(
        "laestab", "name", "phase", "type", "status", "street", "town", "postcode", "district_id", "latitude",
        "longitude", "age_low", "age_high", "pupils", "capacity", "opened_on", "closed_on",
    ),
    shape=shape_settings,
    mine=lambda work: Setting.objects.filter(authority=work.authority).exclude(type=PROVIDER),
    whole=lambda kept, absent: absent.filter(pl.col("status") != "closed"),
)  # fmt: skip
