"""The example authorities, installed: loaded, rated, planned, and with people who may sign in."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import transaction

from keepsight.apps.accounts import actions as accounts
from keepsight.apps.accounts.actions.teams import make_partnership
from keepsight.apps.accounts.models import Authority, Role, Service, Team, User, Worker
from keepsight.apps.audit.models import Load
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.intake.actions import load_folder, undo
from keepsight.apps.intake.delivery import digest_of
from keepsight.apps.intake.example_settings import people_of_settings
from keepsight.apps.people.actions import declare_nobody
from keepsight.apps.people.models import Involvement
from keepsight.apps.people.queries import last_declared
from keepsight.apps.registers.example import install as fill_registers
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.core.terms import InvolvementKind

PASSWORD = "keepsight-example-2020"  # noqa: S105 – of invented people, printed by the command
SETTINGS = {"event_pack": "pandemic_2020", "contact_mode": "emergency", "second_factor": "off"}  # of an example only
EARLY_HELP_TEAM = "Early Help Hub"
_CASEWORK = (InvolvementKind.CIN, InvolvementKind.CP)

Tell = Callable[[str, float], None]


class NotTheExample(BadInput):
    """The folder holds no example."""

    code = "not_the_example"


def install(folder: Path, *, on: date, at: datetime, progress: Tell | None = None) -> dict[str, Any]:
    """
    Install what ``keepsight example`` wrote: both authorities, their files, and the example people.

    Installing again changes nothing. Where the files are other ones, the earlier loads are undone
    first; once somebody has recorded something about the children, the register stays as it is.

    Parameters
    ----------
    on : date
        The day that the files describe, and on which children are rated. [date]
    progress : function, optional
        Takes what is being done and how much of all is done [0–1].

    Returns
    -------
    dict
        For each authority what was loaded and how long it took [s]; the people's addresses; the
        password.
    """
    tell = progress or (lambda what, done: None)
    try:
        councils = json.loads((folder / "example.json").read_text(encoding="utf-8"))["authorities"]
    except (OSError, ValueError, KeyError):
        raise NotTheExample(
            f"{folder.name} holds no example. Write one with: keepsight example {folder.name}"
        ) from None
    said: dict[str, Any] = {"authorities": {}}
    for nth, (code, council) in enumerate(councils.items()):
        authority = _authority(code, council)

        def here(what: str, done: float, nth: int = nth) -> None:
            tell(what, (nth + done) / len(councils))

        said["authorities"][code] = _install_one(authority, folder / code, on=on, at=at, tell=here)
    said["people"] = make_people(on=on) + people_of_settings(password=PASSWORD, on=on, at=at)
    for user in User.objects.filter(email__in=[person["email"] for person in said["people"]]):
        if last_declared(user.pk) is None:  # nobody of the example is asked for relatives at the first sign-in
            declare_nobody(by=user, at=at)
    said["entries"] = sum(fill_registers(each, on=on, at=at) for each in Authority.objects.filter(is_example=True))
    said["password"] = PASSWORD
    return said


def _authority(code: str, council: dict[str, Any]) -> Authority:
    authority, made = Authority.objects.get_or_create(
        code=code,
        defaults={
            "name": council["name"], "la_code": str(council["dfe_number"]), "is_example": True,
            "settings": {**SETTINGS, "districts": council.get("districts", [])},
        },
    )  # fmt: skip
    if not made and not authority.is_example:
        raise NotAllowedNow(f"{authority.name} is not an example authority, so the example is not loaded into it.")
    if "second_factor" not in authority.settings:  # installed before second factors were asked for
        authority.settings["second_factor"] = "off"
        authority.save(update_fields=["settings"])
    return authority


def _install_one(authority: Authority, folder: Path, *, on: date, at: datetime, tell: Tell) -> dict[str, Any]:
    from keepsight.apps.briefing.actions import take_snapshot
    from keepsight.apps.contact import actions as contact

    loads = Load.objects.filter(authority_code=authority.code, state=Load.State.COMMITTED)
    newest = loads.order_by("-pk").first()
    if newest and newest.digest == digest_of(folder):
        if ContactPlan.objects.filter(authority=authority, planned_for=on).exists():
            return {"state": "was there already"}
        seconds: dict[str, float] = {}
    else:
        if newest and (kept := _undo_all(loads, at)):
            return {"state": "kept", "because": kept}
        load = load_folder(authority, folder, as_at=on, at=at, progress=_of_a_load(tell))
        seconds = dict(load.seconds)  # type: ignore[attr-defined]
    for what, done, act in (
        ("Rating and planning", 0.85, lambda: contact.rate_and_plan(authority, on=on, at=at)),
        ("Taking the first snapshot", 0.95, lambda: take_snapshot(authority, on=on, at=at)),
    ):
        tell(what, done)
        started = perf_counter()
        act()
        seconds[what] = perf_counter() - started
    return {"state": "installed", "seconds": {what: round(taken, 2) for what, taken in seconds.items()}}


def _of_a_load(tell: Tell) -> Callable[[str, int, int], None]:
    """Progress of a load as a share of an installation: reading, then loading, take 0.4 each."""

    def told(what: str, done: int, total: int) -> None:
        begun = 0.0 if what.startswith("Reading ") else 0.4
        tell(what, begun + 0.4 * done / max(total, 1))

    return told


def _undo_all(loads: Any, at: datetime) -> str:
    """Undo the example's loads, newest first; gives the sentence that says why not, if not."""
    try:
        with transaction.atomic():
            for load in loads.order_by("-pk"):
                undo(load, at=at)
    except NotAllowedNow as trouble:
        return trouble.sentence
    return ""


# --- people --------------------------------------------------------------------------------------------
def make_people(*, on: date) -> list[dict[str, str]]:
    """
    Make the example people; nobody outside example authorities gets a role.

    A practitioner of each council is linked to a worker with a typical caseload of children in
    need and on protection plans; the team manager manages the first one's team.
    """
    councils = list(Authority.objects.filter(is_example=True).order_by("-name"))
    large = [council for council in councils if council.code == "fellshire"] or councils[:1]
    people = []
    for council in [*large, *(other for other in councils if other not in large)]:
        first = council in large
        worker = _typical_worker(council)
        if worker is None:
            continue
        email = "practitioner@keepsight.example" if first else f"practitioner.{council.code}@keepsight.example"
        user = worker.user or _person(email, worker.name)
        accounts.give_role(user, role=Role.PRACTITIONER, authority=council, team=worker.team, on=on)
        accounts.link_worker(user, worker)
        people.append(_told(user, "Practitioner", council.name))
        if first and worker.team:
            manager = _person("manager@keepsight.example", "Example Manager")
            accounts.give_role(manager, role=Role.TEAM_MANAGER, authority=council, team=worker.team, on=on)
            people.append(_told(manager, "Team manager", worker.team.name))
    people += _early_help_and_leader(councils, large, on)
    for email, name, role in (
        ("analyst@keepsight.example", "Example Analyst", Role.ANALYST),
        ("loader@keepsight.example", "Example Loader", Role.DATA_LOADER),
        ("duty@keepsight.example", "Example Duty Worker", Role.DUTY_WORKER),
        ("frontdoor@keepsight.example", "Example Screener", Role.FRONT_DOOR),
        ("quality@keepsight.example", "Example Auditor", Role.QUALITY_ASSURANCE),
        ("health@keepsight.example", "Example Nurse", Role.HEALTH),
        ("governance@keepsight.example", "Example Governance Officer", Role.INFORMATION_GOVERNANCE),
        ("administrator@keepsight.example", "Example Administrator", Role.ADMINISTRATOR),
        ("emergency@keepsight.example", "Example Emergency Planner", Role.EMERGENCY_LEAD),
        ("cell@keepsight.example", "Example Cell Member", Role.CELL_MEMBER),
        ("commissioner@keepsight.example", "Example Commissioner", Role.COMMISSIONER),
        ("workforce@keepsight.example", "Example Workforce Lead", Role.WORKFORCE_LEAD),
        ("communications@keepsight.example", "Example Communications Officer", Role.COMMUNICATIONS),
        ("member@keepsight.example", "Example Councillor", Role.MEMBER),
    ):
        user = _person(email, name)
        for council in councils:
            accounts.give_role(user, role=role, authority=council, on=on)
        people.append(_told(user, Role(role).label, " and ".join(sorted(council.name for council in councils))))
    return people


def _early_help_and_leader(councils: list[Authority], large: list[Authority], on: date) -> list[dict[str, str]]:
    """The services with their teams, somebody of early help, and a leader of both councils by one partnership."""
    for council in councils:
        _services(council)
    if not large:
        return []
    partnership = make_partnership("Example children's partnership", councils)
    leader = _person("leader@keepsight.example", "Example Leader")
    accounts.give_role(leader, role=Role.LEADER, authority=large[0], partnership=partnership, on=on)
    helper = _person("earlyhelp@keepsight.example", "Example Early Helper")
    # For the whole council: its list of early help (Annex A, list 2) names no team and no worker.
    accounts.give_role(helper, role=Role.EARLY_HELP_PRACTITIONER, authority=large[0], on=on)
    return [_told(leader, "Leader", partnership.name), _told(helper, "Early help practitioner", large[0].name)]


def _services(council: Authority) -> None:
    """Every team in a service, with a number to call that Ofcom keeps for stories."""
    social_care, _ = Service.objects.get_or_create(authority=council, name="Children's social care")
    early_help, _ = Service.objects.get_or_create(authority=council, name="Early help")
    Team.objects.get_or_create(authority=council, name=EARLY_HELP_TEAM, defaults={"service": early_help})
    for nth, team in enumerate(Team.objects.filter(authority=council, duty_phone="").order_by("name")):
        phone = f"01632 960{100 + 100 * (council.code != 'fellshire') + nth:03}"
        Team.objects.filter(pk=team.pk).update(service_id=team.service_id or social_care.pk, duty_phone=phone)


def _person(email: str, name: str) -> User:
    return accounts.make_user(email=email, name=name, password=PASSWORD)


def _told(user: User, role: str, where: str) -> dict[str, str]:
    return {"email": user.email, "role": role, "where": where}


def _typical_worker(authority: Authority) -> Worker | None:
    """The worker whose open child-in-need and protection cases are the middle number of all such workers'."""
    linked = Worker.objects.filter(authority=authority, user__email__startswith="practitioner").first()
    if linked:
        return linked
    held: dict[int, set[int]] = {}
    kinds: dict[int, set[str]] = {}
    spells = Involvement.objects.filter(
        child__authority=authority, kind__in=_CASEWORK, ended_on=None, worker__isnull=False, worker__team__isnull=False
    )
    for worker, child, kind in spells.values_list("worker_id", "child_id", "kind"):
        held.setdefault(worker, set()).add(child)
        kinds.setdefault(worker, set()).add(kind)
    both = [worker for worker in held if len(kinds[worker]) == len(_CASEWORK)] or list(held)
    if not both:
        return None
    names = dict(Worker.objects.filter(pk__in=both).values_list("pk", "name"))
    ordered = sorted(both, key=lambda worker: (len(held[worker]), names[worker]))
    return Worker.objects.select_related("team", "user").get(pk=ordered[len(ordered) // 2])
