"""What stands in files and boxes, drawn and taken away."""

import re
from collections.abc import Callable

from keepsight.apps.accounts.models import User
from keepsight.apps.assurance.models import AuditRound
from keepsight.apps.command.models import AgendaItem, Cell, CommandReport, Meeting
from keepsight.apps.partnership.models import MailingList
from keepsight.apps.people.models import Child
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Attachment, Comment, Entry, EntryChange, SavedView
from keepsight.apps.workforce.models import Rota, Survey
from tests.access.addresses import ADDRESSES, LIBRARY, exists, permission_of
from tests.access.attacks.table import ATTEMPTS, Attacker, Attempt, attempt

FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0")
SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '"><img src=x onerror=alert(1)>'


@attempt(
    "FILE-01",
    "A formula in names, notes, schools, workers and districts, taken away as CSV and as a workbook",
    "It stays text",
    "exported",
)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    child = a.child("standard")
    for formula in FORMULAS:
        Child.objects.filter(pk=child.pk).update(forename=formula, surname="")
        child.district.__class__.objects.filter(pk=child.district_id).update(name=formula)
        child.plan.worker.__class__.objects.filter(pk=child.plan.worker_id).update(name=formula)
        child.enrolments.get().setting.__class__.objects.filter(pk=a.world.subjects["standard"].ids["school"]).update(
            name=formula
        )
        for url in ("/lists/open/csv/", f"/teams/{a.world.ids['team']}/csv/", "/lists/vulnerable-learners/csv/"):
            for line in a.get(url).seen.split("\n\n")[-1].splitlines():
                for cell in re.split(r"[,;]", line):
                    assert not cell.strip('"').startswith(("=", "@", "+1", "-2", "\t", "\r")), (url, cell)
        assert "<f>" not in a.get("/lists/open/xlsx/").seen


def _written_everywhere(a: Attacker, text: str) -> None:
    child = a.child("standard")
    Child.objects.filter(pk=child.pk).update(forename=text, surname=text)
    child.alerts.update(note=text)
    child.visits.update(note=text, virtual_reason=text, worker_name=text, mode="video")
    child.sightings.update(note=text, who=text)
    child.addresses.update(lines=text, postcode="ZZ1")
    child.confirmations.update(reason=text, rated_by=text)
    child.plan.worker.__class__.objects.filter(pk=child.plan.worker_id).update(name=text)
    child.plan.team.__class__.objects.filter(pk=child.plan.team_id).update(name=text, duty_phone=text[:40])
    child.district.__class__.objects.filter(pk=child.district_id).update(name=text)
    type(child.enrolments.get().setting).objects.filter(pk=a.world.subjects["standard"].ids["school"]).update(name=text)
    child.authority.__class__.objects.filter(pk=child.authority_id).update(name=text)
    User.objects.filter(pk=a.world.people["own_worker"].pk).update(name=text)
    _written_into_registers(text)


def _written_into_registers(text: str) -> None:
    for entry in Entry.objects.all():
        fields = (each for each in rule_of(entry.version).fields if each.kind in ("text", "long_text", "evidence"))
        entry.values |= {each.id: text for each in fields}
        entry.title = text
        entry.save()
    Comment.objects.update(text=text)
    EntryChange.objects.update(why=text)
    Attachment.objects.update(name=text)
    SavedView.objects.update(name=text, shared=True)
    Meeting.objects.update(title=text)
    AgendaItem.objects.update(title=text, notes=text)
    CommandReport.objects.update(title=text)
    Cell.objects.update(remit=text)
    MailingList.objects.update(words=text)
    Survey.objects.update(title=text)
    Rota.objects.update(title=text)
    AuditRound.objects.update(title=text)


def _drawn_everywhere(text: str, never: str) -> Callable[[Attacker], None]:
    def run(a: Attacker) -> None:
        _written_everywhere(a, text)
        for person in ("team_manager", "leader", "information_governance", "administrator", "own_worker"):
            a.as_(person)
            for address in ADDRESSES:
                if address.by_role and person != "leader":
                    continue
                if exists(address.name) and address.post is None and permission_of(address.name) != LIBRARY:
                    response = a.get(address.url(a.world, a.world.subjects["standard"]))
                    raw = b"" if response.streaming else response.content
                    assert never.encode() not in raw or "html" not in response["Content-Type"], (person, address.key)
        a.answers = [each for each in a.answers if each.status_code >= 500]

    return run


ATTEMPTS.append(
    Attempt(
        "FILE-02",
        "A script in every name and note, drawn on every page",
        "Drawn as text",
        "",
        _drawn_everywhere(SCRIPT, SCRIPT),
    )
)
ATTEMPTS.append(
    Attempt(
        "FILE-03",
        "Quotation marks and a tag in every name and note",
        "Drawn as text",
        "",
        _drawn_everywhere(ATTRIBUTE, "<img src=x"),
    )
)


@attempt("FILE-04", "A script in a search, a note and a filter, drawn back", "Drawn as text", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for came in (
        a.post("/find/", {"words": SCRIPT}),
        a.post(a.page("standard", "visit/"), {"note": SCRIPT, "outcome": SCRIPT}),
        a.get(f"/lists/open/?team={SCRIPT}"),
        a.get(f"/lists/{SCRIPT}/"),
        a.get(f"/account/login/?next={SCRIPT}"),
    ):
        assert SCRIPT.encode() not in came.content


@attempt("FILE-05", "A file's name with a line break and a quotation mark", "The header stays one header", "exported")
def _(a: Attacker) -> None:
    a.as_("leader")
    child = a.child("standard")
    child.plan.team.__class__.objects.filter(pk=child.plan.team_id).update(name='x"\r\nX-Evil: 1')
    came = a.get(f"/teams/{a.world.ids['team']}/csv/")
    assert "X-Evil" not in came.headers
    assert "\n" not in came["Content-Disposition"]
