"""An audit from its sample to what is done about it (QAP-01, QAP-02, RAG-11)."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.assurance.frames import cases_frame
from keepsight.apps.assurance.models import AuditRound, Judgement, SampleItem
from keepsight.apps.assurance.permissions import NOT_YOURS, auditors_of, cases_drawn_by, check_may_run, items_given_to
from keepsight.apps.assurance.rounds import POPULATIONS, STRATA, findings, questions_of, rules
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import as_text, register_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.assurance import draw
from keepsight.core.assurance.answers import answers_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import Questions

LONGEST = 4000


class WrongAudit(NotAllowedNow):
    """Something about an audit cannot be. ``troubles`` names the fields or questions."""

    code = "wrong_audit"

    def __init__(self, troubles: Mapping[str, str]):
        super().__init__(" ".join(troubles.values()))
        self.troubles = dict(troubles)


def begin(
    authority: Authority, book: Book, *, title: str, tool: str, population: str, strata: list[str], size: int,
    due_on: date, by: User, at: datetime, on: date, second_share: float | None = None, seed: str = "",
) -> AuditRound:  # fmt: skip
    """
    Draw a sample and keep how it was drawn, so that anybody can draw it again.

    Parameters
    ----------
    population : str
        One of ``POPULATIONS``: a queue of the desk.
    strata : list of str
        Some of ``STRATA``: over what the sample is spread.
    seed : str
        Empty: a random one is made.

    Raises
    ------
    NotPermitted, WrongAudit, NothingToDraw
        If it is not this person's to draw, or there is nothing to draw from.
    """
    grants = check_may_run(by, at, authority)
    unknown = [each for each in strata if each not in STRATA]
    if population not in POPULATIONS or unknown:
        raise WrongAudit({"population": "Choose the cases, and what they are spread over, from the list."})
    questions = book.read(f"questions/{tool}", Questions)
    if questions.kind != "audit":
        raise WrongAudit({"tool": "Choose an audit tool."})
    share = rules().second_share if second_share is None else second_share
    cases = cases_frame(cases_drawn_by(grants).filter(authority=authority).queue(population, on))
    seed = seed.strip() or secrets.token_hex(8)
    sample = draw(
        cases, strata=strata, size=size, seed=seed, least=rules().least_in_stratum if strata else 0, second_share=share
    )
    facts = {row["ref"]: row for row in cases.iter_rows(named=True)}
    with transaction.atomic():
        made = AuditRound.objects.create(
            authority=authority, title=title, tool=tool, definition=as_text(book.table(f"questions/{tool}")),
            pack_hash=book.hash, population={"queue": population, "on": on.isoformat()}, strata=strata,
            size=sample.drawn.height, seed=seed, population_digest=sample.digest, second_share=share,
            counts={name: [has, got] for name, has, got in sample.counts.iter_rows()}, due_on=due_on,
            made_at=at, made_by=by,
        )  # fmt: skip
        SampleItem.objects.bulk_create(
            SampleItem(
                audit=made, child_id=facts[row["ref"]]["child"], order=place, stratum=row["stratum"],
                level=facts[row["ref"]]["level"] or "", wants_second=row["second"],
            )
            for place, row in enumerate(sample.drawn.iter_rows(named=True), 1)
        )  # fmt: skip
        _keep(EventKind.SAMPLE_DRAWN, made, by, at, cases=sample.drawn.height, of=cases.height)
    return made


def give_out(made: AuditRound, auditors: list[User], *, by: User, at: datetime) -> AuditRound:
    """
    Give every case to an auditor, in turn, and second opinions to another one; the audit is open then.

    Raises
    ------
    WrongAudit
        If nobody was chosen, somebody may not audit here, or second opinions have nobody else to give them.
    """
    check_may_run(by, at, made.authority)
    allowed = {user.pk for user in auditors_of(made.authority, at)}
    if not auditors or any(user.pk not in allowed for user in auditors):
        raise WrongAudit({"auditors": "Choose people who may audit cases."})
    with transaction.atomic():
        made = AuditRound.objects.select_for_update(of=("self",)).select_related("authority").get(pk=made.pk)
        items = list(made.items.order_by("order"))
        if any(item.wants_second for item in items) and len(auditors) < 2:
            raise WrongAudit({"auditors": "Second opinions need a second person. Choose two or more."})
        done = set(Judgement.objects.filter(item__audit=made).values_list("item_id", flat=True))
        for place, item in enumerate(items):
            if item.pk in done:
                continue
            item.auditor = auditors[place % len(auditors)]
            item.second_auditor = auditors[(place + 1) % len(auditors)] if item.wants_second else None
        SampleItem.objects.bulk_update(items, ["auditor", "second_auditor"], batch_size=500)
        made.state = AuditRound.State.OPEN
        made.save(update_fields=["state"])
    return made


def judge(item: SampleItem, sheet: Mapping[str, Any], *, by: User, at: datetime, done: bool) -> Judgement:
    """
    Keep what an auditor found; a draft until it is done, unchangeable after.

    Who gives the second opinion never sees the first.

    Raises
    ------
    NotPermitted, WrongAudit
        If the case is not theirs, the opinion was given already, or answers are missing.
    """
    grants = grants_of(by, at)
    if not items_given_to(grants).filter(pk=item.pk).exists():
        raise NotPermitted(NOT_YOURS)
    second = item.second_auditor_id == by.pk and item.auditor_id != by.pk
    values = checked(questions_of(item.audit), sheet, whole=done)
    with transaction.atomic():
        held = Judgement.objects.select_for_update().filter(item=item, is_second=second).first()
        if held is not None and held.done:
            raise WrongAudit({"": "You have given this opinion already. It stays as it was."})
        graded = next((q.id for q in questions_of(item.audit).questions if q.kind == "grade" and q.agreed_on), "")
        kept, _ = Judgement.objects.update_or_create(
            item=item, is_second=second,
            defaults={"by": by, "at": at, "values": values, "grade": values.get(graded, ""), "done": done},
        )  # fmt: skip
        audit.record(
            EventKind.CASE_AUDITED, at=at, by=by, authority_code=item.audit.authority.code,
            subject=("child", str(item.child_id)), source="assurance:judge", audit=item.audit_id,
            second=second, done=done,
        )  # fmt: skip
    return kept


def checked(questions: Questions, sheet: Mapping[str, Any], *, whole: bool) -> dict[str, str]:
    """Read a sheet; a draft may leave questions open."""
    values, troubles = {}, {}
    for question in questions.questions:
        given = str(sheet.get(question.id) or "").strip()
        if not given:
            if whole and question.required:
                troubles[question.id] = f"Answer: {question.text}"
        elif question.kind == "text":
            values[question.id] = given[:LONGEST]
        elif given in answers_of(question):
            values[question.id] = given
        else:
            troubles[question.id] = f"Choose one of the answers to: {question.text}"
    if troubles:
        raise WrongAudit(troubles)
    return values


def close(made: AuditRound, *, by: User, at: datetime, although: bool = False) -> AuditRound:
    """
    Close an audit: no more opinions; its figures stay.

    Raises
    ------
    WrongAudit
        If cases wait and ``although`` does not say to close all the same.
    """
    check_may_run(by, at, made.authority)
    with transaction.atomic():
        made = AuditRound.objects.select_for_update(of=("self",)).select_related("authority").get(pk=made.pk)
        waiting = made.items.count() - Judgement.objects.filter(item__audit=made, is_second=False, done=True).count()
        if waiting and not although:
            raise WrongAudit({"although": f"{waiting} cases are not audited yet. Say that you close it all the same."})
        made.state, made.closed_at = AuditRound.State.CLOSED, at
        made.save(update_fields=["state", "closed_at"])
    return made


def act_on(
    made: AuditRound, theme: str, *, what: str, due_on: date, owner: User | None, by: User, at: datetime
) -> Entry:
    """
    Make an action of a theme: an entry of the register of actions that says which audit it came from.

    Raises
    ------
    NotPermitted, WrongAudit, WrongEntry
        If the person may not add actions, the theme was not found, or answers are missing.
    """
    check_may_run(by, at, made.authority)
    if theme not in {row["theme"] for row in findings(made)["themes"]}:
        raise WrongAudit({"theme": "That theme was not found in this audit."})
    try:
        register = register_of(made.authority, "action")
    except Register.DoesNotExist:
        raise NotAllowedNow("The register of actions is not installed. Run: keepsight registers install.") from None
    said = {"what": what, "due_on": due_on, "came_from": "audit", "detail": f"Audit “{made.title}”, theme: {theme}"}
    return registers.add(register, said, by=by, at=at, owner=owner, source="assurance:act_on")


def _keep(kind: EventKind, made: AuditRound, by: User, at: datetime, **detail: Any) -> None:
    audit.record(
        kind, at=at, by=by, authority_code=made.authority.code, subject=("case_audit", str(made.pk)),
        source="assurance:audit", **detail,
    )  # fmt: skip
