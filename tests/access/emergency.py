"""
An emergency in that council: registers with an entry about each child, a meeting, returns, a picture, a rota,
a survey, an audit, a newsletter; and an exercise beside it.

What an entry says of a child begins with the child's own syllables, as everything else in this world.
"""

import io
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from keepsight.apps.accounts.models import Worker
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.api.actions import make_token
from keepsight.apps.assurance.models import AuditRound, SampleItem, Wave
from keepsight.apps.command.actions.reports import assemble
from keepsight.apps.command.models import AgendaItem, CellMember, Meeting, ReturnRound, ReturnSlip
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.partnership.models import Issue, MailingList, Subscriber
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.places.models import Setting
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers import attachments
from keepsight.apps.registers.actions import defining
from keepsight.apps.registers.actions.bulk import prepare
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import as_text
from keepsight.apps.registers.models import (
    Attachment,
    Bulk,
    Comment,
    Entry,
    Import,
    ImportRow,
    Link,
    Message,
    Notice,
    Register,
    SavedView,
)
from keepsight.apps.workforce import actions as workforce
from keepsight.apps.workforce.actions import surveys
from keepsight.apps.workforce.models import Rota
from tests import factories as make
from tests.integration.command.world import cells_of, hold

# Of the eighty registers those that differ in who may what; installing all would cost every module seconds.
INSTALLED = (
    "action", "issue", "rapid_response", "easement_use", "easement_decision", "absence", "provider_return",
    "newsletter_issue", "redeployment_need", "redeployment_offer", "claim", "evidence",
)  # fmt: skip
FAR = ("action", "easement_use", "absence")
EARLIER = make.NOW - timedelta(days=1)


def build(world: Any, council: Any, far: Any) -> None:
    """Make it. People and children are there already."""
    held = _install(council, INSTALLED) | {f"far_{key}": each for key, each in _install(far, FAR).items()}
    world.ids |= {f"register_{key}": register.pk for key, register in held.items()}
    _about_children(world, held)
    _command(world, council, held)
    _entries(world, council, held)
    _working(world, held)
    _staff(world, council)
    _assurance(world, council)
    _news(world, council, held)
    _tokens(world)


def _install(authority: Any, keys: tuple[str, ...]) -> dict[str, Register]:
    book = in_force(authority).book
    wanted = {f"registers/{key}" for key in keys}
    tables = {name: each for name, each in book.tables.items() if not name.startswith("registers/") or name in wanted}
    registers.install(authority, at=EARLIER, book=replace(book, tables=tables))
    Register.objects.filter(authority=authority).update(is_on=True)
    return {each.key: each for each in Register.objects.filter(authority=authority).select_related("current")}


def add(register: Register, raw: dict[str, Any], *, by: Any = None, **more: Any) -> Entry:
    """An entry as the product itself adds it: the right to add is not asked for."""
    return registers.add(register, raw, by=by, at=EARLIER, unchecked=True, **more)


def easement(word: str) -> dict[str, Any]:
    """What is said when a duty is relaxed for a child; names it, and the street of its home, in free text."""
    return {
        "short": f"{word}en by video", "easement": "e01", "legal_source": "SI 2020/445", "reason": "symptoms",
        "original_due_on": str(make.days(-2)), "from_on": str(make.days(-2)), "to_on": str(make.days(9)),
        "reason_words": f"{word}en: the carer has symptoms", "instead": f"{word}en is called at 7 {word}ad Row",
        "local_words": f"{word}en has moved from 7 {word}ad Row",
    }  # fmt: skip


def _about_children(world: Any, held: dict[str, Register]) -> None:
    from tests.access.world import SUBJECTS

    by = world.people["own_worker"]
    for nth, (key, subject) in enumerate(world.subjects.items()):
        word, here = SUBJECTS[key], key != "other_authority"
        entry = add(
            held["easement_use" if here else "far_easement_use"], easement(word), by=by if here else None,
            about=About(child=subject.child), team=subject.child.plan.team,
        )  # fmt: skip
        said = Comment.objects.create(entry=entry, by=by, at=EARLIER, text=f"{word}en is well")
        file = _file(entry, f"{word}en letter.txt", nth)
        link = Link.objects.create(entry=entry, child=subject.child, at=EARLIER, by=by)
        subject.ids |= {"entry": entry.ref, "comment": said.pk, "file": file.ref, "link": link.pk, "entry_pk": entry.pk}
        if here:
            notice = Notice.objects.create(
                user=world.people["practitioner"], entry=entry, alert="mentioned", said="Easement use", at=EARLIER
            )
            subject.ids["notice"] = notice.pk


def _file(entry: Entry, name: str, nth: int) -> Attachment:
    return Attachment.objects.create(
        entry=entry, name=name, stored_as=attachments.keep(io.BytesIO(b"words")), media_type="text/plain", size=5,
        sha256="0" * 64, at=EARLIER, by=entry.added_by, ref=uuid.UUID(int=0xF11E0000000040008000000000000000 + nth),
    )  # fmt: skip


def _command(world: Any, council: Any, held: dict[str, Register]) -> None:
    """The emergency and its exercise, with who leads and who sits, a meeting, a return owed, a picture."""
    people, lead = world.people, world.people["emergency_lead"]
    given = {"authority": council, "pack_hash": "0" * 64, "reason": "Snow and a pandemic", "activated_at": EARLIER}
    event = Event.objects.create(pack="pandemic_2020", title="Pandemic", phase="closure", activated_by=lead, **given)
    exercise = Event.objects.create(
        pack="severe_weather", title="Storm", phase="warning", is_exercise=True, activated_by=lead, **given
    )
    cells, inside = cells_of(event), cells_of(exercise)
    term = hold(lead, event, "strategic_chair")
    seat = CellMember.objects.create(
        cell=cells["children_leaders"], user=people["cell_member"], starts_on=make.days(-1)
    )
    meeting, other = (
        Meeting.objects.create(cell=cell, title="Daily", starts_at=make.NOW - timedelta(hours=1), changed_at=EARLIER)
        for cell in (cells["children_leaders"], inside["control"])
    )
    AgendaItem.objects.create(meeting=meeting, order=1, title="Actions")
    for subject in world.subjects.values():  # each taken up in the meeting: its page lists those that one may read
        Link.objects.create(entry_id=subject.ids["entry_pk"], meeting_id=meeting.pk, at=EARLIER)
    asked = ReturnRound.objects.create(
        event=event, key="provider_weekly", title="Weekly return", due_at=make.NOW, opened_at=EARLIER
    )
    slip = ReturnSlip.objects.create(
        round=asked, owed_by="Made-up Homes", setting_id=world.ids["home"], responsible=people["commissioner"]
    )
    world.ids |= {
        "event": event.ref, "event_pk": event.pk, "exercise": exercise.ref, "exercise_pk": exercise.pk,
        "meeting": meeting.ref, "exercise_meeting": other.ref, "round": asked.pk, "slip": slip.pk, "term": term.pk,
        "seat": seat.pk, "cell": cells["information"].key, "phase": "widening",
        "picture": assemble(event, "cop", by=lead, at=EARLIER).ref,
        "checklist": rule_of(event).checklists[0].id,
    }  # fmt: skip


def _entries(world: Any, council: Any, held: dict[str, Register]) -> None:
    """Entries about nobody, about a colleague, about a home; one that leads to every child; one of the exercise."""
    people, lead = world.people, world.people["emergency_lead"]
    event, exercise = (Event.objects.get(pk=world.ids[key]) for key in ("event_pk", "exercise_pk"))
    what = {"what": "Ring the homes", "due_on": str(make.days(2))}
    made = {
        "action": add(held["action"], what, by=lead, event=event),
        "far_action": add(held["far_action"], what),
        "inside": add(held["action"], {**what, "what": "Stormexercise only"}, by=lead, event=exercise),
        "issue": add(
            held["issue"], {"what": "No masks", "severity": "red", "raised_on": str(make.TODAY)}, by=lead, event=event
        ),
        "group": add(
            held["rapid_response"],
            {"matter": "Masks", "trigger": "None left", "urgency": "red", "started_on": str(make.TODAY),
             "question": "Who buys them?"},
            by=lead, event=event,
        ),
        "absence": add(
            held["absence"],
            {"short": "Secretillness isolates", "kind": "isolating", "from_on": str(make.days(-2)), "works": "no",
             "isolation_why": "test", "note": "Secretillness has a cough"},
            about=About(worker=Worker.objects.get(pk=world.ids["worker"])), team=world.team,
        ),
        "return": add(
            held["provider_return"],
            {"headline": "All well", "as_at": str(make.TODAY), "overall": "green", "running": "open",
             "minimum_met": "yes", "ppe": "week", "risk_assessed": "yes", "help_wanted": "no"},
            by=people["provider"], about=About(setting=Setting.objects.get(pk=world.ids["home"])), event=event,
        ),
        "decision": add(
            held["easement_decision"],
            {"in_short": "Video where health forbids a visit", "easement": "e01", "legal_source": "SI 2020/445",
             "decided": "not_used", "authoriser": "team", "decided_by": "Wren", "decided_on": str(make.TODAY),
             "reasons": "Few carers", "review_on": str(make.days(9))},
            by=people["leader"],
        ),
    }  # fmt: skip
    for subject in world.subjects.values():
        Link.objects.create(entry=made["action"], child=subject.child, at=EARLIER)
        Link.objects.create(entry=made["action"], other_id=subject.ids["entry_pk"], at=EARLIER)
    world.ids |= {f"entry_{key}": entry.ref for key, entry in made.items()}
    world.ids["entry_decision_pk"] = made["decision"].pk
    world.ids["absence_file"] = _file(made["absence"], "fit note.txt", 900).ref


def _working(world: Any, held: dict[str, Register]) -> None:
    """What somebody has in hand in a register: a saved list, a change of many, a file, a draft of it, mail unsent."""
    leader, register = world.people["leader"], held["easement_use"]
    view = SavedView.objects.create(register=register, user=leader, name="Mine", query={"pairs": []})
    readable = [each.ids["entry"] for key, each in world.subjects.items() if key in ("standard", "other_team")]
    many = prepare(register, readable, Bulk.Kind.ASSIGN, {"owner": leader.pk}, by=leader, at=EARLIER)
    load = Import.objects.create(
        register=register, version=register.current, name="list.csv", at=EARLIER, by=leader,
        headings=["In a few words"], columns=["short"], state=Import.State.STAGED, rows_in=1, rows_bad=1,
        sha256="0" * 64,
    )  # fmt: skip
    ImportRow.objects.create(load=load, row=2, cells=["Rowfromafile"], values={}, trouble="Say which child.")
    defining.start(held["action"], by=leader, at=EARLIER)
    message = Message.objects.create(
        authority=register.authority, to="someone@example.org", subject="Keepsight: 1 notice", body="Look",
        made_at=EARLIER, next_at=EARLIER, state=Message.State.GIVEN_UP,
    )  # fmt: skip
    world.ids |= {"view": view.pk, "bulk": many.ref, "import": load.ref, "message": message.pk}


def _staff(world: Any, council: Any) -> None:
    lead, book = world.people["workforce_lead"], in_force(council).book
    draft, published = (
        workforce.make(council, title=title, first_on=make.days(5), last_on=make.days(6), by=lead, at=EARLIER)
        for title in ("Draftrota", "Rota of June")
    )
    Rota.objects.filter(pk=published.pk).update(state=Rota.State.PUBLISHED, published_at=EARLIER)
    week = {"opens_on": make.days(-1), "closes_on": make.days(7)}
    staff, families = (
        surveys.put(council, key, book, title=key, by=lead, at=EARLIER, **week)
        for key in ("staff_survey", "family_feedback")
    )
    world.ids |= {
        "draft_rota": draft.ref, "rota": published.ref, "shift": draft.shifts.first().pk, "survey": staff.ref,
        "family_survey": families.ref,
    }  # fmt: skip


def _assurance(world: Any, council: Any) -> None:
    """An audit in which every child was drawn, as it stands when some were restricted since; and a wave."""
    book, auditor = in_force(council).book, world.people["quality_assurance"]
    audit = AuditRound.objects.create(
        authority=council, title="Dip sample", tool="dip_sample",
        definition=as_text(book.table("questions/dip_sample")),
        size=12, seed="June", population_digest="0" * 64, population={"queue": "open"}, strata=[], counts={},
        state=AuditRound.State.OPEN, due_on=make.days(7), made_at=EARLIER, made_by=auditor,
    )  # fmt: skip
    for nth, subject in enumerate(each for each in world.subjects.values() if each.child.authority_id == council.pk):
        item = SampleItem.objects.create(
            audit=audit, child=subject.child, order=nth + 1, stratum="all", auditor=auditor, wants_second=True,
            second_auditor=world.people["team_manager"],
        )  # fmt: skip
        subject.ids["item"] = item.pk
    wave = Wave.objects.create(
        authority=council, key="vulnerable_children_survey", number=1, as_at=make.TODAY, made_at=EARLIER,
        made_by=auditor, figures={"title": "Survey", "sent_to": "The Department", "lines": []},
    )  # fmt: skip
    world.ids |= {"audit": audit.ref, "wave": wave.ref}


def _news(world: Any, council: Any, held: dict[str, Register]) -> None:
    by = world.people["communications"]
    news = MailingList.objects.create(authority=council, title="For schools", words="Each week", made_at=EARLIER)
    reader = Subscriber.objects.create(
        mailing_list=news, email="reader@example.org", starts_on=make.TODAY,
        token=uuid.UUID(int=0x70CE0000000040008000000000000000),
    )  # fmt: skip
    words = {"issue_title": "June", "summary": "Schools open", "audience": "schools", "body": "From Monday."}
    sent = add(held["newsletter_issue"], words, by=by, state="sent")
    Issue.objects.create(mailing_list=news, entry=sent, number=1, sent_at=EARLIER, sent_by=by, recipients=1)
    ready = add(held["newsletter_issue"], {**words, "issue_title": "July"}, by=by, state="approved")
    world.ids |= {"news": news.ref, "leave": reader.token, "issue_ready": ready.ref}


def _tokens(world: Any) -> None:
    """A token of the interface for everybody who may have one."""
    for person, who in world.people.items():
        if who is not None and grants_of(who, make.NOW).may(Permission.API_USE):
            token, world.tokens[person] = make_token(who, name="Tests", expires_on=make.days(30), at=make.NOW)
            world.ids["token"] = token.pk
