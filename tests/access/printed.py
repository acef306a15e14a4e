"""The reviewed matrix and the attempts as pages that people read: ``docs/reference/access.md`` and ``attacks.md``."""

from keepsight.apps.accounts.permissions import rules
from tests.access import matrix
from tests.access.address import Address
from tests.access.addresses import ADDRESSES, permission_of
from tests.access.attacks import ATTEMPTS
from tests.access.cells import letters_of, told_by
from tests.access.walk import SIGN_IN, Cells, classes_of
from tests.access.world import LETTERS, ORDER, ROLES

READ_BY_GET = frozenset(each.name for each in ADDRESSES if each.post is None)
CLASSES = {
    "standard": "Standard",
    "restricted": "Restricted",
    "post_adoption": "Post-adoption",
    "before_adoption": "The record before adoption",
    "safe_contact": "Safe contact",
    "sibling_of_safe": "Brother or sister of such a child",
    "health": "Health",
    "early_help": "Early help",
    "third_party": "Third party and police",
    "own_record": "Own record or a relative's",
    "other_team": "Another team's child",
    "other_authority": "Another authority's child",
}
OTHERS = {
    "own_worker": "The child's own worker",
    "practitioner/other team": "Practitioner of another team",
    "practitioner/named": "The same, named on the record",
    "practitioner/broke the glass": "The same, after breaking the glass",
    "stand-in of own worker": "Who stands in for the worker",
    "duty_worker/with reason": "Duty worker, after a reason",
    "front_door/with reason": "Front-door screener, after a reason",
    "quality_assurance/with reason": "Auditor, after a reason",
    "health/with reason": "Health link, after a reason",
}
AREAS = {
    "desk": "Children, lists and visits", "briefing": "Picture and reports", "intake": "Files",
    "accounts": "People and roles", "governance": "Access, log and retention", "portal": "Schools, providers, members",
    "registers": "Registers", "events": "Emergencies and exercises", "command": "Command", "workforce": "Staff",
    "assurance": "Assurance", "providers": "Providers", "partnership": "Newsletters",
    "api": "The interface for other systems",
}  # fmt: skip


def access() -> str:
    """Who sees what: by class of record, and page by page."""
    _, cells = matrix.read()
    names = {role: rules()[role].name for role in ROLES}
    legend = ", ".join(f"**{letter}** {LETTERS[letter]}" for letter in ORDER)
    lines = [
        "# Who sees what",
        "",
        "Printed from `tests/access/matrix.toml`, which people review and the tests hold the product to: every address",
        "is asked for as every role about a child of every class of record, and what comes is read letter by letter.",
        "",
        f"Letters: {legend}. *counted*: the page opens, and tells nothing of this child. A dash: refused.",
        "",
        "## By class of record",
        "",
        "All that somebody learns about a child of this class, on whatever page they look. The child belongs to a team",
        "of their authority, unless the row says otherwise.",
        "",
        _row(["Who", *CLASSES.values()]),
        "|---" * (len(CLASSES) + 1) + "|",
    ]
    for person, words in {**names, **OTHERS}.items():
        lines.append(_row([words, *(_learned(cells, person, key) or "–" for key in CLASSES)]))
    lines += [
        "",
        "The same role held in another authority learns nothing of any of these children, on any page.",
        "",
        "## Page by page",
        "",
        "What a role learns of a child of the standard class in its own team or authority.",
    ]
    for app, area in AREAS.items():
        pages = [each for each in ADDRESSES if each.name.startswith(f"{app}:") and each.key in cells]
        lines += ["", f"### {area}", "", _row(["Page", "Permission", *names.values()])]
        lines += ["|---" * (len(names) + 2) + "|"]
        lines += [_row([each.words, f"`{permission_of(each.name)}`", *_cells(cells, each)]) for each in pages]
    return "\n".join(lines) + "\n"


def _came(cells: Cells, key: str, person: str, subject: str) -> str:
    row = cells[key].get(person) or cells[key].get(matrix.EVERYBODY_ELSE, {})
    return row.get(subject, row.get("others", ""))


def _learned(cells: Cells, person: str, subject: str) -> str:
    """Every letter that this person is told of this child anywhere."""
    asked = (each.key for each in ADDRESSES if each.key in cells and subject in classes_of(each, READ_BY_GET))
    told = {letter for key in asked for letter in told_by(key, _came(cells, key, person, subject))}
    return "".join(sorted(told, key=ORDER.index))


def _cells(cells: Cells, address: Address) -> list[str]:
    return [_in_short(_came(cells, address.key, role, "standard")) for role in ROLES]


def _in_short(cell: str) -> str:
    if cell.startswith(("refused", SIGN_IN, matrix.NOT_ASKED, matrix.AS_THEIR_ROLE)):
        return "–"
    return letters_of(cell) or {"page": "counted"}.get(cell, cell.replace("to /", "leads to /"))


def attacks() -> str:
    """What is tried against the pages, and what comes of it."""
    lines = [
        "# Attempts on the pages",
        "",
        "Printed from `tests/access/attacks`. Each runs with the tests, through the pages as a browser would. After",
        "each it is looked that nothing of a child out of reach came, that nothing broke, that the event named stands",
        "in the log, and that neither the log nor the logging quotes a name, a number or an address.",
        "",
        f"{len(ATTEMPTS)} attempts.",
        "",
        "| Id | What is tried | What comes of it | In the log |",
        "|---|---|---|---|",
    ]
    lines += [_row([each.id, each.tried, each.safe, f"`{each.logged}`" if each.logged else ""]) for each in ATTEMPTS]
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
