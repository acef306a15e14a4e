"""
One council with a child of every class of record, and everybody who could come asking.

Each child has words and numbers of its own for every kind of fact (``FACTS``), so that a page that
tells one of them is found by looking for the word in whatever came back.
"""

import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from keepsight.apps.accounts.models import Cover, Membership, Role, Team, User
from keepsight.apps.audit.models import Finding, Load, LoadFile
from keepsight.apps.briefing.actions import make_report
from keepsight.apps.contact.models import Sighting, VisitDraft
from keepsight.apps.governance.models import Disposal, DisposalItem, LegalHold, SubjectAccess
from keepsight.apps.learning.models import EhcPlan
from keepsight.apps.people.models import AccessKind, Child, DeclaredRelative, Identifier, RecordAccess, SafeContact
from keepsight.apps.people.models import Restriction as Closed
from keepsight.apps.places.models import PROVIDER, SettingMember
from tests import factories as make
from tests.access import emergency

# Class of record, or what else is particular → the syllables that all words about this child begin with.
SUBJECTS = {
    "standard": "Quellon",
    "restricted": "Brixhald",
    "post_adoption": "Tamorvey",
    "before_adoption": "Uzlinker",
    "safe_contact": "Yorvasset",
    "sibling_of_safe": "Plimseck",
    "health": "Drumgold",
    "early_help": "Fezzwick",
    "third_party": "Noxbury",
    "own_record": "Wolbach",
    "other_team": "Hexlund",
    "other_authority": "Jarkovy",
}
# Ending of the word, letter in the matrix, what it is.
FACTS = {
    "fo": ("n", "name"),
    "su": ("n", "name"),
    "ad": ("a", "address"),
    "sc": ("s", "school"),
    "co": ("c", "code word"),
    "hw": ("t", "telephone or how to call"),
    "he": ("h", "health"),
    "po": ("p", "police or third party"),
    "wh": ("l", "level and its reasons"),
    "no": ("w", "notes of visits"),
    "ma": ("m", "notes of warnings"),
    "re": ("r", "why the record is restricted"),
    "en": ("e", "what an entry of a register says"),
}
NUMBERS = {  # what is found by a number of its own
    "b": "day of birth",
    "u": "UPN",
    "k": "case number",
    "a": "address",
    "t": "telephone or how to call",
    "f": "link to the record",
}
LETTERS = dict(FACTS.values()) | NUMBERS
HOME = "SC999999"  # the number of the one children's home here
ORDER = "nfbukastchplwmre"
ROLES = tuple(role.value for role in Role)
OF_A_TEAM = {Role.PRACTITIONER, Role.EARLY_HELP_PRACTITIONER, Role.TEAM_MANAGER}


@dataclass
class Subject:
    """A child, and ids of what hangs on the record."""

    key: str
    child: Child
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """The council, its children by class, and its people by what they are."""

    team: Team
    subjects: dict[str, Subject]
    people: dict[str, User | None]
    ids: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # of the interface, by person
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)  # what stands on a page → child, letter


def settings_of_walk() -> dict[str, Any]:
    """Settings of the walk: a real queue, and a folder for snapshots."""
    return {
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
        "SNAPSHOTS": Path(tempfile.mkdtemp(prefix="keepsight-access-")),
    }


def build() -> World:
    """Make it. The clock stands at ``make.NOW``."""
    council = make.authority(code="fellshire", name="Fellshire")
    far = make.authority(code="fenborough", name="Fenborough")
    team = make.team(council, name="Northteam", duty_phone="01632 960001")
    world = World(team, {}, {})
    other_team, far_team = make.team(council, name="Southteam"), make.team(far, name="Farteam")
    worker = make.worker(team, name="Pell Ownworker")
    workers = {"other_team": make.worker(other_team), "other_authority": make.worker(far_team)}
    for nth, key in enumerate(SUBJECTS):
        world.subjects[key] = _subject(world, nth, key, workers.get(key, worker))
    of = {key: subject.child for key, subject in world.subjects.items()}
    make.family(of["safe_contact"], of["sibling_of_safe"])
    make.family(of["standard"], of["restricted"])
    world.ids |= {
        "team": team.pk, "other_team": other_team.pk, "far_team": far_team.pk, "authority": council.pk,
        "far_authority": far.pk, "worker": worker.pk,
    }  # fmt: skip
    _things(world, council)
    _people(world, council, far, team, other_team, far_team, worker)
    _governance(world, council)
    emergency.build(world, council, far)
    return world


_FORMATS = ("{0:%Y-%m-%d}", "{0:%d/%m/%Y}", "{0.day} {0:%B} {0.year}", "{0.day} {0:%b} {0.year}")


def _subject(world: World, nth: int, key: str, worker: Any) -> Subject:
    word = SUBJECTS[key]
    born = date(2009, 1, 11) + timedelta(days=97 * nth)
    record_class = {"restricted": "restricted", "before_adoption": "restricted", "post_adoption": "post_adoption"}
    child = make.child(
        worker.authority, forename=f"{word}fo", surname=f"{word}su", date_of_birth=born,
        record_class=record_class.get(key, "standard"), district=make.district(worker.authority),
        ref=uuid.UUID(int=0xC0FFEE00000040008000000000000000 + nth),
    )  # fmt: skip
    postcode, upn, number, phone = f"QZ{nth + 10} {nth % 10}XX", f"A9{nth:02}7{nth:02}19{nth:04}", f"CN-{word}", ""
    make.address(child, lines=f"7 {word}ad Row", postcode=postcode, lsoa=f"E0199{nth:04}")
    closed = {"closed_on": make.days(-30)} if key == "before_adoption" else {}
    for scheme, value in (("upn", upn), ("la_child_id", number)):
        Identifier.objects.create(authority=child.authority, child=child, scheme=scheme, value=value, **closed)
    service = "early_help" if key == "early_help" else "cla" if key in ("standard", "restricted") else "cin"
    kind = "early_help" if key == "early_help" else "cla"
    make.involvement(child, worker, kind=kind, details={"placement_urn": HOME, "placement_started_on": "2020-01-06"})
    made = make.plan(
        child, worker, service=service, why=f"{word}wh: every 7 days.", level="red",
        due_on=make.days(-3), unseen_from=make.days(-1), level_review_on=make.days(-1), f2f_in_interval=False,
    )  # fmt: skip
    make.rating(child, reasons=[["L2", 10, f"{word}wh in need."]], level="red")
    confirmed = make.confirmation(child, level="green", approval="waiting", reason=f"{word}no is settled now, truly.")
    sent = uuid.UUID(int=0xBEEF0000000040008000000000000000 + nth)
    visit = make.visit(
        child, mode="video", visit_on=make.days(-1), recorded_at=make.NOW, virtual_reason=f"{word}no has moved.",
        note=f"{word}no was well.", submission=sent,
    )  # fmt: skip
    school = make.setting(child.authority, name=f"{word}sc Primary", postcode=f"QY{nth + 10} 1ZZ")
    enrolled = make.enrolment(
        school, child, upn=upn, forename=child.forename, surname=child.surname, date_of_birth=born, postcode=postcode,
        weeks={date(2020, 6, 1): "/ \\ / \\ . . . . . . . . . ."},
    )  # fmt: skip
    plan = EhcPlan.objects.create(child=child, send_id=f"S{nth}", plan_on=make.days(-400), setting=school)
    make.alert(child, "dog", note=f"{word}ma is afraid of it")
    make.alert(child, "shielding", note=f"{word}he takes tablets")
    make.alert(child, "domestic_abuse", note=f"{word}po was told by police", provenance="police")
    Sighting.objects.create(
        child=child, line="police", seen_on=make.days(-2), face_to_face=True, who=f"{word}po",
        note=f"{word}po said a neighbour", provenance="third_party", recorded_at=make.NOW,
    )  # fmt: skip
    if key == "safe_contact":
        make.alert(child, "address_confidential")
        phone = "07700 900471"
        SafeContact.objects.create(
            child=child, address=f"8 {word}ad Refuge", phone=phone, code_word=f"{word}co", how=f"{word}hw after six",
            set_by="Wren", set_at=make.NOW, review_on=make.days(90),
        )  # fmt: skip
    if record_class.get(key) == "restricted":
        Closed.objects.create(
            child=child, category="adoption", reason=f"{word}re", placed_by="Wren", placed_at=make.NOW,
            review_on=make.days(-1),
        )  # fmt: skip
    told = {postcode: "a", postcode.replace(" ", ""): "a", upn: "u", number: "k", phone: "t", str(child.ref): "f"}
    told |= {form.format(born): "b" for form in _FORMATS}
    world.numbers |= {text.lower(): (key, letter) for text, letter in told.items() if text}
    return Subject(
        key, child,
        {"visit": visit.pk, "confirmation": confirmed.pk, "plan": made.pk, "school": school.pk, "ehcp": plan.pk,
         "enrolment": enrolled.pk, "sent": sent, "worker": worker.pk},
    )  # fmt: skip


def _things(world: World, council: Any) -> None:
    """A load with a finding that quotes a file, and a report."""
    load = Load.objects.create(
        authority_code=council.code, state="committed", as_at=make.TODAY, digest="0" * 64, started_at=make.NOW,
        committed_at=make.NOW, by_name="Wren", counts={"people.Child": {"new": 1}}, rows_in=1,
    )  # fmt: skip
    file = LoadFile.objects.create(load=load, name="list.csv", sha256="0" * 64, kind="annex_a_1", rows_in=1)
    Finding.objects.create(
        load=load, file=file.name, row=2, column="Forename", code="unknown_code", severity="warning",
        found=f"{SUBJECTS['standard']}fo", expected="a code", done="left empty",
    )  # fmt: skip
    made = make_report([council], on=make.TODAY, at=make.NOW)
    world.ids |= {"load": load.pk, "report": made.pk}


def _member(role: str, *, team: Any, of: Any, name: str, **more: Any) -> User:
    return make.user(role, **({"team": team} if role in OF_A_TEAM else {"of": of}), name=name, **more)


def _people(world: World, council: Any, far: Any, team: Any, other_team: Any, far_team: Any, worker: Any) -> None:
    people = world.people
    people["stranger"] = None
    people["no_role"] = make.user(of=None, name="Wren Norole")
    children = [subject.child for subject in world.subjects.values()]
    home = make.setting(council, urn=HOME, name="Made-up Homes", type=PROVIDER)
    world.ids["home"] = home.pk
    schools = [subject.ids["school"] for subject in world.subjects.values() if subject.key != "other_authority"]
    for role in ROLES:
        people[role] = _member(role, team=team, of=council, name=f"Wren {role}")
        places = {Role.SCHOOL: schools, Role.PROVIDER: [home.pk]}.get(Role(role), [])
        for place in places:
            SettingMember.objects.create(user=people[role], setting_id=place, starts_on=make.days(-9))
    people["own_worker"] = make.user(Role.PRACTITIONER, team=team, name="Pell Ownworker")
    worker.user = people["own_worker"]
    worker.save()
    for role in (Role.PRACTITIONER, Role.TEAM_MANAGER):
        people[f"{role}/other team"] = make.user(role, team=other_team, name=f"Wren other {role}")
    own = make.user(Role.PRACTITIONER, team=other_team, name="Wren ownonly")
    own.memberships.update(own_only=True, team=None)
    people["practitioner/own cases only"] = own

    def opened(name: str, role: str, kind: str, **given: Any) -> None:
        who = people[name] = _member(role, team=other_team, of=council, name=f"Wren {name}"[:60])
        starts = given.pop("starts_at", make.NOW - timedelta(hours=1))
        ends = given.pop("ends_at", make.NOW + timedelta(hours=1))
        for child in children:
            if child.authority_id == council.pk:
                RecordAccess.objects.create(
                    user=who, child=child, kind=kind, reason="A reason that is long enough", asked_by=who.name,
                    asked_at=make.NOW, starts_at=starts, ends_at=ends, **{"state": "granted", **given},
                    last_day=timezone.localtime(ends).date() if ends else None,
                )  # fmt: skip

    for role in (Role.DUTY_WORKER, Role.FRONT_DOOR, Role.QUALITY_ASSURANCE, Role.HEALTH):
        opened(f"{role}/with reason", role, AccessKind.REASON)
    opened("practitioner/named", Role.PRACTITIONER, AccessKind.NAMED)
    opened("leader/named", Role.LEADER, AccessKind.NAMED)
    opened("practitioner/broke the glass", Role.PRACTITIONER, AccessKind.BREAK_GLASS)
    opened("practitioner/glass ended", Role.PRACTITIONER, AccessKind.BREAK_GLASS, ends_at=make.NOW)
    opened("practitioner/asked", Role.PRACTITIONER, AccessKind.NAMED, state="asked")
    opened("administrator/named", Role.ADMINISTRATOR, AccessKind.NAMED)
    ended = people["team_manager/role ended"] = make.user(Role.TEAM_MANAGER, team=team, name="Wren endedrole")
    ended.memberships.update(ends_on=make.TODAY)
    stand_in = people["stand-in of own worker"] = make.user(Role.PRACTITIONER, team=other_team, name="Wren standin")
    Cover.objects.create(
        absent=people["own_worker"], stand_in=stand_in, starts_on=make.days(-1), ends_on=make.days(5), reason="Leave",
        arranged_by="Wren", arranged_at=make.NOW,
    )  # fmt: skip
    for role in ROLES:
        people[f"{role}/other authority"] = _member(role, team=far_team, of=far, name=f"Wren far {role}")
    own_record = world.subjects["own_record"].child
    for name, who in people.items():
        if who is not None and "other authority" not in name:
            relative = DeclaredRelative.objects.create(
                user=who, forename="Anybody", surname="Atall", relation="my child", declared_at=make.NOW
            )
            RecordAccess.objects.create(
                user=who, child=own_record, kind=AccessKind.OWN_RECORD, state="granted", reason="Declared",
                asked_by="Wren", asked_at=make.NOW, starts_at=make.NOW - timedelta(days=9), relative=relative,
            )  # fmt: skip
    VisitDraft.objects.create(
        user=people["practitioner/other team"], child=world.subjects["standard"].child, answers={}, changed_at=make.NOW
    )


def _governance(world: World, council: Any) -> None:
    """Something that waits on each page of governance."""
    asker, governor = world.people["practitioner/other team"], world.people["information_governance"]
    for subject in world.subjects.values():
        if subject.child.authority_id != council.pk:
            continue
        asked = RecordAccess.objects.create(
            user=asker, child=subject.child, kind=AccessKind.NAMED, state="asked", because="task",
            reason="I am to visit the family", asked_by=asker.name, asked_at=make.NOW,
        )  # fmt: skip
        glass = RecordAccess.objects.create(
            user=asker, child=subject.child, kind=AccessKind.BREAK_GLASS, state="ended", because="missing",
            reason="The child is missing", asked_by=asker.name, asked_at=make.NOW - timedelta(days=1),
            starts_at=make.NOW - timedelta(days=1), ends_at=make.NOW - timedelta(hours=20), last_day=make.days(-1),
        )  # fmt: skip
        hold = LegalHold.objects.create(
            authority=council, child=subject.child, why="An inquiry", placed_by=governor.name, placed_at=make.NOW
        )
        asked_for = SubjectAccess.objects.create(
            child=subject.child, asked_on=make.days(-3), due_on=make.days(27), asker="child", made_by=governor
        )
        restriction = subject.child.restrictions.first()
        subject.ids |= {
            "asked": asked.pk, "glass": glass.pk, "hold": hold.pk, "subject_access": asked_for.pk,
            "restriction": restriction.pk if restriction else 0,
        }  # fmt: skip
    disposal = Disposal.objects.create(
        authority=council, rule="contact", pack_id="standing", pack_hash="0" * 64, as_at=make.TODAY,
        proposed_by=governor, proposed_at=make.NOW,
    )  # fmt: skip
    for nth, subject in enumerate(world.subjects.values()):
        if subject.child.authority_id == council.pk:
            DisposalItem.objects.create(
                disposal=disposal, child=subject.child, pseudonym=f"X{nth:04}", counted_from=make.days(-4000),
                kept_until=make.days(-1),
            )  # fmt: skip
    person, stand_in = world.people["practitioner"], world.people["stand-in of own worker"]
    assert person is not None
    world.ids |= {
        "disposal": disposal.pk, "person": person.pk, "far_person": world.people["practitioner/other authority"].pk,
        "membership": person.memberships.get().pk, "cover": stand_in.covers.get().pk, "notice": 0,
        "relative": person.relatives.get().pk, "block": person.record_access.get().pk,
        "setting_member": world.people["school"].settings_of.first().pk,
    }  # fmt: skip
    named = world.people["practitioner/named"]
    for access in named.record_access.filter(kind=AccessKind.NAMED):
        next(each for each in world.subjects.values() if each.child == access.child).ids["named"] = access.pk


def membership(world: World, person: str) -> Membership:
    """The one membership of somebody."""
    who = world.people[person]
    assert who is not None
    return who.memberships.get()
