"""A rota from its first day to its publication. A duty set by hand stays, and says which rules it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User, Worker
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Notice
from keepsight.apps.workforce.models import Rota, RotaPerson, Shift
from keepsight.apps.workforce.permissions import check_may_in
from keepsight.apps.workforce.rotas import calendar, carried, duty_of, people_of, rules_in_force, rules_of, shares
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs import book
from keepsight.core.workforce.rota import Duty, broken_rules, duties_of
from keepsight.core.workforce.rota import fill as solve

MOST_WEEKS = 26


class WrongRota(NotAllowedNow):
    """Something about a rota cannot be; ``field`` names what."""

    code = "wrong_rota"

    def __init__(self, sentence: str, *, field: str = ""):
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class OnRota:
    """One person as the form gives them."""

    worker: int
    share: float = 1.0  # [0–1]
    can: tuple[str, ...] = ()
    away: tuple[date, ...] = ()


def make(
    authority: Authority,
    *,
    title: str,
    first_on: date,
    last_on: date,
    by: User,
    at: datetime,
    event: Event | None = None,
) -> Rota:
    """
    Begin a rota: every duty of these days, nobody on it yet.

    Raises
    ------
    NotPermitted, WrongRota
        If it is not this person's to make, or the days cannot be.
    """
    check_may_in(by, at, Permission.ROTA_MANAGE, authority)
    if last_on < first_on:
        raise WrongRota("The last day comes before the first day.", field="last_on")
    if last_on - first_on > timedelta(weeks=MOST_WEEKS):
        raise WrongRota(f"A rota runs for {MOST_WEEKS} weeks at most. Choose an earlier last day.", field="last_on")
    held = book()
    rules = rules_in_force()
    duties = duties_of(rules, first_on, last_on, calendar())
    if not duties:
        raise WrongRota("No duty falls on these days. The duties stand in the pack’s rota.", field="first_on")
    with transaction.atomic():
        rota = Rota.objects.create(
            authority=authority, title=title, first_on=first_on, last_on=last_on, made_at=at, made_by=by,
            event=event, exercise=event if event and event.is_exercise else None,
            rules={**held.table("rota"), "review_on": str(held.table("rota")["review_on"])}, pack_hash=held.hash,
        )  # fmt: skip
        Shift.objects.bulk_create([Shift(rota=rota, on=d.on, kind=d.kind, place=d.place) for d in duties])
        _keep(rota, by, at, "made")
    return rota


def set_people(rota: Rota, people: Iterable[OnRota], *, by: User, at: datetime) -> None:
    """
    Say who may be put on the rota; those left out lose the duties that they had in it.

    What each did beyond, or short of, a fair part in published rotas of the last half year is carried over.
    """
    check_may_in(by, at, Permission.ROTA_MANAGE, rota.authority)
    with transaction.atomic():
        rota = _draft(rota)
        chosen = {each.worker: each for each in people}
        theirs = Worker.objects.filter(pk__in=chosen, authority=rota.authority)
        before = carried(rota, list(chosen))
        rota.people.all().delete()
        RotaPerson.objects.bulk_create(
            RotaPerson(
                rota=rota, worker=worker, can=sorted(chosen[worker.pk].can), share=chosen[worker.pk].share,
                away=sorted(day.isoformat() for day in chosen[worker.pk].away), before=before.get(worker.pk, 0.0),
            )
            for worker in theirs
        )  # fmt: skip
        rota.shifts.exclude(worker__in=[worker.pk for worker in theirs]).update(worker=None, fixed=False, broken=[])
        _keep(rota, by, at, "people", people=len(chosen))


def fill(rota: Rota, *, by: User, at: datetime) -> Rota:
    """Have the solver fill every duty that was not set by hand. Asked again it gives the same answer."""
    check_may_in(by, at, Permission.ROTA_MANAGE, rota.authority)
    rota = Rota.objects.select_related("authority", "exercise").get(pk=rota.pk)  # as it stands when the solver begins
    people, rules = people_of(rota), rules_of(rota)
    if not people:
        raise WrongRota("Nobody is on this rota yet. Choose the people first.")
    shifts = list(rota.shifts.all())
    fixed = {duty_of(shift): shift.worker_id for shift in shifts if shift.fixed and shift.worker_id}
    found = solve(people, [duty_of(shift) for shift in shifts], rules, fixed=fixed, around=_around(rota))
    revision = rota.revision
    with transaction.atomic():
        rota = _draft(rota, revision=revision)
        for shift in shifts:
            if not shift.fixed:
                shift.worker_id = found.who[duty_of(shift)]
                shift.broken = []
        Shift.objects.bulk_update(shifts, ["worker", "broken"], batch_size=500)
        rota.result = {
            "open": sum(who is None for who in found.who.values()),
            "spread": round(found.spread, 2),
            "gap": round(found.gap, 2) if found.gap != float("inf") else None,
            "proved": found.proved,
            **shares(rota),
            "because": {_key(duty): said[:12] for duty, said in found.open_because.items()},
        }
        rota.save(update_fields=["result"])
        _keep(rota, by, at, "filled", open=rota.result["open"])
    return rota


def put(shift: Shift, worker: Worker | None, *, by: User, at: datetime, revision: int) -> Shift:
    """
    Put somebody on a duty by hand, or take them off.

    What this breaks is kept beside the duty in sentences: the page shows it, and publishing asks about it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's, if the rota is published or was changed meanwhile, or if the worker
        is not on the rota.
    """
    rota = shift.rota
    check_may_in(by, at, Permission.ROTA_MANAGE, rota.authority)
    with transaction.atomic():
        rota = _draft(rota, revision=revision)
        people = {person.id: person for person in people_of(rota)}
        if worker is not None and worker.pk not in people:
            raise WrongRota("Choose somebody who is on this rota.", field="worker")
        shift = rota.shifts.get(pk=shift.pk)
        shift.worker, shift.fixed = worker, worker is not None
        shift.broken = []
        if worker is not None:
            held = [duty_of(each) for each in rota.shifts.filter(worker=worker).exclude(pk=shift.pk)]
            held += _around(rota).get(worker.pk, [])
            shift.broken = broken_rules(people[worker.pk], held, rules_of(rota), new=duty_of(shift))
        shift.save(update_fields=["worker", "fixed", "broken"])
        _keep(rota, by, at, "put", broken=len(shift.broken))
    return shift


def publish(rota: Rota, *, by: User, at: datetime, although: str = "") -> Rota:
    """
    Publish: everybody sees it, and those on it are told.

    Raises
    ------
    NotAllowedNow
        If a duty is open or a rule is broken and ``although`` does not say why it is published so.
    """
    check_may_in(by, at, Permission.ROTA_MANAGE, rota.authority)
    with transaction.atomic():
        rota = _draft(rota)
        open_, broken = rota.shifts.filter(worker=None).count(), rota.shifts.exclude(broken=[]).count()
        if (open_ or broken) and not although.strip():
            raise WrongRota(
                f"{open_} open and {broken} against the rules. Say why the rota is published so, or mend it first.",
                field="although",
            )
        Rota.objects.filter(
            authority=rota.authority, exercise=rota.exercise, state=Rota.State.PUBLISHED, first_on=rota.first_on,
            last_on=rota.last_on,
        ).update(state=Rota.State.REPLACED)  # fmt: skip
        rota.state, rota.published_at = Rota.State.PUBLISHED, at
        rota.result = {**rota.result, **shares(rota), "although": although.strip()[:300]}
        rota.save(update_fields=["state", "published_at", "result"])
        if rota.exercise_id is None:
            _tell(rota, at)
        _keep(rota, by, at, "published", open=open_, broken=broken)
    return rota


def _tell(rota: Rota, at: datetime) -> None:
    said = f"The rota {rota.first_on:%d/%m/%Y} to {rota.last_on:%d/%m/%Y} has duties of yours"
    users = rota.shifts.filter(worker__user__isnull=False).values_list("worker__user_id", flat=True).distinct()
    rows = [Notice(user_id=user, alert="rota", said=said, at=at, once=f"rota:{rota.pk}") for user in users]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _draft(rota: Rota, *, revision: int | None = None) -> Rota:
    """The rota as it stands now, held until the transaction ends, one revision on."""
    now = Rota.objects.select_for_update(of=("self",)).select_related("authority", "exercise").get(pk=rota.pk)
    if now.state != Rota.State.DRAFT:
        raise WrongRota("This rota is published. Make a new one for the same days to replace it.")
    if revision is not None and now.revision != revision:
        raise WrongRota("Somebody else changed this rota after you opened it. Look at it again, then make your change.")
    now.revision += 1
    now.save(update_fields=["revision"])
    return now


def _around(rota: Rota) -> Mapping[int, list[Duty]]:
    """What the people do just before and after in published rotas."""
    near, kinds = timedelta(weeks=4), [kind.id for kind in rules_of(rota).duties]
    shifts = Shift.objects.filter(
        rota__authority=rota.authority, rota__exercise=rota.exercise, rota__state=Rota.State.PUBLISHED,
        worker__isnull=False, on__gte=rota.first_on - near, on__lte=rota.last_on + near, kind__in=kinds,
    ).exclude(rota__first_on=rota.first_on, rota__last_on=rota.last_on)  # fmt: skip
    found: dict[int, list[Duty]] = {}
    for shift in shifts:
        if shift.worker_id is not None:
            found.setdefault(shift.worker_id, []).append(duty_of(shift))
    return found


def _key(duty: Duty) -> str:
    return f"{duty.on.isoformat()}:{duty.kind}:{duty.place}"


def _keep(rota: Rota, by: User, at: datetime, what: str, **detail: Any) -> None:
    audit.record(
        EventKind.ROTA_CHANGED, at=at, by=by, authority_code=rota.authority.code, subject=("rota", str(rota.pk)),
        source="workforce:rota", what=what, **detail,
    )  # fmt: skip
