"""Analysts see rows without names; restricted records and confidential places leave nothing behind."""

import csv
from io import BytesIO, StringIO

import polars as pl
import pytest

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.audit.models import Event
from keepsight.apps.people.models import AccessKind, Identifier, RecordAccess
from keepsight.apps.places.models import Postcode
from keepsight.core.pseudonyms import pseudonym
from tests import factories as make

pytestmark = pytest.mark.django_db
ABOVE = 8  # lines before the headings
TELLING = (
    "Findme",
    "Telling",
    "ZZ1 1AA",
    "Pretend Row",
    "A123456789012",
    "C-4711",
    "Robin",
    "2012-05-17",
    "17 May 2012",
)


@pytest.fixture
def analyst(team):
    return make.user(Role.ANALYST, of=team.authority)


@pytest.fixture
def by(team):
    return make.worker(team, name="Robin Worker")


def known(team, by, **given):
    """A child with everything that could tell who it is."""
    child = make.child(
        team.authority, **{"forename": "Findme", "surname": "Telling", "date_of_birth": "2012-05-17", **given}
    )
    make.plan(child, by, service="cin", why="Findme must be seen.")
    make.address(child, postcode="ZZ1 1AA", lsoa="E01000001")
    make.rating(child, points=31)
    make.alert(child, "dog", note="Findme's dog")
    for scheme, value in (("upn", f"A9{child.pk:011}"), ("la_child_id", f"C-4711{child.pk}")):
        Identifier.objects.create(authority=team.authority, child=child, scheme=scheme, value=value)
    return child


def taken(client, query="") -> list[dict[str, str]]:
    text = b"".join(client.get(f"/portal/extract/csv/{query}").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text, newline="")))
    return [dict(zip(rows[ABOVE], row, strict=True)) for row in rows[ABOVE + 1 :]]


def everything(client) -> str:
    page = client.get("/portal/extract/").content.decode()
    text = b"".join(client.get("/portal/extract/csv/").streaming_content).decode("utf-8-sig")
    frame = pl.read_parquet(BytesIO(client.get("/portal/extract/parquet/").content))
    return page[page.index("<main") :] + text + str(frame.to_dicts())


def test_a_row_says_month_area_service_levels_and_points(sign_in, analyst, team, by, settings):
    child = known(team, by)
    row = taken(sign_in(analyst))[0]
    assert row["child"] == pseudonym(settings.PSEUDONYM_KEY, team.authority.code, child.pk)
    said = {name: row[name] for name in ("birth_month", "lsoa", "service", "level", "computed_level", "points")}
    assert said == {
        "birth_month": "2012-05", "lsoa": "E01000001", "service": "cin", "level": "red", "computed_level": "red",
        "points": "31",
    }  # fmt: skip
    assert "child_in_need" in row
    assert "age" not in row, "with time it would tell the day of birth"


def test_nothing_in_page_or_file_tells_who_it_is(sign_in, analyst, team, by):
    child = known(team, by)
    said = everything(sign_in(analyst))
    assert not [word for word in (*TELLING, str(child.ref)) if word in said]


def test_restricted_records_are_not_there(sign_in, analyst, team, by, settings):
    hushed = known(team, by, record_class="restricted")
    client = sign_in(analyst)
    assert taken(client) == []
    assert pseudonym(settings.PSEUDONYM_KEY, team.authority.code, hushed.pk) not in everything(client)


def test_ones_own_record_is_not_there_and_counts_nothing(sign_in, analyst, team, by):
    known(team, by)
    niece = known(team, by, record_class="standard")
    RecordAccess.objects.create(
        user=analyst, child=niece, kind=AccessKind.OWN_RECORD, state="granted", reason="x", asked_at=make.NOW,
        starts_at=make.NOW,
    )  # fmt: skip
    assert len(taken(sign_in(analyst))) == 1
    assert len(taken(sign_in(make.user(Role.ANALYST, of=team.authority)))) == 2


@pytest.mark.parametrize("why", ["marked", "brother", "adopted"])
def test_a_confidential_place_has_no_area(sign_in, analyst, team, by, why):
    child = known(team, by, record_class="post_adoption" if why == "adopted" else "standard")
    if why == "marked":
        make.alert(child, "address_confidential")
    elif why == "brother":
        brother = make.child(team.authority)
        make.family(child, brother)
        make.alert(brother, "address_confidential")
    row = taken(sign_in(analyst))[0]
    assert (row["lsoa"], row["idaci_decile"]) == ("", "")


def test_the_area_comes_from_the_postcode_where_the_file_named_none(sign_in, analyst, team, by):
    Postcode.objects.create(postcode="ZZ2 2BB", latitude=54, longitude=-2, lsoa="E01000002")
    child = make.child(team.authority)
    make.plan(child, by)
    make.address(child, postcode="ZZ2 2BB", started_on=make.days(-5))
    make.address(child, postcode="ZZ1 1AA", lsoa="E01000001", started_on=make.days(-50))
    assert taken(sign_in(analyst))[0]["lsoa"] == "E01000002"


def test_pseudonyms_are_stable_and_bound_to_the_authority(sign_in, analyst, team, by, settings):
    known(team, by)
    client = sign_in(analyst)
    first = taken(client)[0]["child"]
    assert taken(client)[0]["child"] == first
    settings.PSEUDONYM_KEY = "another key"
    assert taken(client)[0]["child"] != first


def test_it_says_how_many_rows_stand_alone(sign_in, analyst, team, by):
    for _ in range(3):
        known(team, by)
    known(team, by, date_of_birth="2009-01-01")
    page = sign_in(analyst).get("/portal/extract/").content.decode()
    assert "1 of 4 rows are the only one with their month of birth, area and service" in page
    assert "k = 1" in page


def test_the_screen_shows_fifty_rows_and_the_file_all(sign_in, analyst, team, by):
    for _ in range(53):
        make.plan(make.child(team.authority), by)
    client = sign_in(analyst)
    page = client.get("/portal/extract/").content.decode()
    assert "the first 50 shown" in page
    assert page.count('<th scope="row"') == 50
    assert len(taken(client)) == 53
    assert pl.read_parquet(BytesIO(client.get("/portal/extract/parquet/").content)).height == 53


def test_taking_it_is_an_event_without_children(sign_in, analyst, team, by):
    known(team, by)
    client = sign_in(analyst)
    everything(client)
    events = Event.objects.filter(kind="exported").order_by("pk")
    assert [(e.source, e.authority_code, e.detail["format"], e.detail["rows"]) for e in events] == [
        ("portal:extract", team.authority.code, fmt, 1) for fmt in ("csv", "parquet")
    ]
    assert Event.objects.get(kind="portal_opened").source == "portal:extract"


def test_another_authority_is_refused_like_one_that_is_not_there(sign_in, analyst):
    other = make.authority()
    client = sign_in(analyst)
    for path in ("/portal/extract/", "/portal/extract/csv/", "/portal/extract/parquet/"):
        there, nowhere = client.get(f"{path}?authority={other.pk}"), client.get(f"{path}?authority=999999")
        assert there.status_code == nowhere.status_code == 403


def test_the_permission_to_take_must_be_held_there(sign_in, team, by):
    """Analyst here, and nothing but a practitioner elsewhere: the extract of elsewhere stays where it is."""
    other = make.authority()
    who = make.user(Role.ANALYST, of=team.authority)
    Membership.objects.create(user=who, authority=other, role=Role.PRACTITIONER, starts_on=make.days(-9))
    assert sign_in(who).get(f"/portal/extract/csv/?authority={other.pk}").status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_no_other_role_has_extracts(sign_in, team, role):
    client = sign_in(make.user(role, of=team.authority))
    for path in ("/portal/extract/", "/portal/extract/csv/", "/portal/extract/parquet/"):
        assert client.get(path).status_code == 403


def test_the_pages_of_an_analyst_name_nobody(sign_in, analyst, team, by, settings, tmp_path):
    """Every page that the role opens, and none of a child."""
    from keepsight.apps.briefing import actions

    settings.SNAPSHOTS = tmp_path / "snapshots"
    child = known(team, by)
    report = actions.make_report([team.authority], on=make.TODAY, at=make.NOW)
    client = sign_in(analyst)
    for path in ("/picture/", "/reports/", f"/reports/{report.pk}/", "/loads/"):
        page = client.get(path)
        assert page.status_code == 200
        assert not [word for word in TELLING if word in page.content.decode()], path
    shut = ["/work/", "/find/", "/lists/open/", "/lists/open/csv/", "/teams/", f"/children/{child.ref}/",
            "/lists/vulnerable-learners/", "/approvals/"]  # fmt: skip
    assert {path: client.get(path).status_code for path in shut} == dict.fromkeys(shut, 403)
