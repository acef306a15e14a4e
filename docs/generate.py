"""
Prints the reference from what the product holds: ``python -m docs.generate [--check]``.

With ``--check`` nothing is written; the command fails when a page differs from what it should be.
"""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from docs import questions

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
STATES = {"works": "Works", "partly": "Partly", "none": "Not yet"}


def capabilities() -> str:
    """Every capability with its state, place, proof and gap."""
    book = tomllib.loads((ROOT / "capabilities.toml").read_text())
    areas = book.pop("areas")
    counts = {state: sum(row["state"] == state for row in book.values()) for state in STATES}
    lines = [
        "# Capabilities",
        "",
        "Printed from `capabilities.toml`. A capability *works* only with a place where a person finds it and a",
        "proof that can fail.",
        "",
        f"{len(book)} capabilities: {counts['works']} work, {counts['partly']} partly, {counts['none']} not yet.",
    ]
    for area, title in areas.items():
        lines += ["", f"## {area} — {title}", ""]
        lines += ["| Id | Capability | State | Place | Proof | Gap |", "|---|---|---|---|---|---|"]
        for key, row in book.items():
            if key.startswith(area + "-"):
                cells = [key, row["name"], STATES[row["state"]], row["place"], _code(row["proof"]), row["gap"]]
                lines.append(_row(cells))
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def facts() -> str:
    """Every fact that a rating may use."""
    from keepsight.core.people.facts import FACTS

    lines = [
        "# Facts",
        "",
        "Printed from `keepsight/core/people/facts.py`. One row per child; an empty fact means *not known*, which",
        "adds nothing to a rating and lowers its confidence.",
        "",
        "| Fact | Type | Unit | Meaning | From |",
        "|---|---|---|---|---|",
    ]
    for column in FACTS.columns:
        dtype = getattr(column.dtype, "__name__", str(column.dtype))
        lines.append(_row([f"`{column.name}`", dtype, column.unit, column.meaning, column.source]))
    return "\n".join(lines) + "\n"


def access() -> str:
    """Which role holds which permission."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
    import django

    django.setup()
    from keepsight.apps.accounts.permissions import Permission, permissions_of, permissions_with_reason, rules
    from keepsight.apps.accounts.places import KINDS
    from keepsight.apps.accounts.wording import PERMISSION_WORDS

    lines = ["# Roles and permissions", "", "Printed from `keepsight/packs/standing/roles.toml`.", ""]
    lines += ["| Role | What it is for | Given for | Who may stand in |", "|---|---|---|---|"]
    for rule in rules().values():
        reach = "; ".join(KINDS[kind].lower() for kind in rule.scopes)
        stand_ins = ", ".join(rules()[each].name.lower() for each in rule.stand_ins) or "nobody: never lent"
        lines.append(_row([rule.name, rule.words, reach, stand_ins]))
    lines += ["", "*reason*: only for a record that was opened with a reason, by name or by breaking the glass."]
    lines += ["", "| Permission | " + " | ".join(rule.name for rule in rules().values()) + " |"]
    lines += ["|---|" + "---|" * len(rules())]
    for permission in Permission:
        if permission is not Permission.ANYONE:
            marks = [
                "yes" if permission in permissions_of(role)
                else "reason" if permission in permissions_with_reason(role)
                else ""
                for role in rules()
            ]  # fmt: skip
            lines.append(f"| {PERMISSION_WORDS[permission]} (`{permission.value}`) | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


ASVS_STATES = {
    "met": "Met", "partly": "Partly", "not": "Not met", "place": "By the hosting", "none": "No such part",
}  # fmt: skip


def asvs() -> str:
    """Where each point of OWASP ASVS level 2 is met, or not."""
    chapters = tomllib.loads((REFERENCE / "asvs.toml").read_text())
    rows = [row for chapter in chapters.values() for name, row in chapter.items() if name != "title"]
    counts = {state: sum(row[0] == state for row in rows) for state in ASVS_STATES}
    lines = [
        "# Security: OWASP ASVS 5.0.0, levels 1 and 2",
        "",
        "Printed from `docs/reference/asvs.toml`. The words are ours; the requirement with that number in the standard",
        "binds. *By the hosting*: the council's own place has to meet it, and we say with what. This is our own check,",
        "not an outside test.",
        "",
        f"{len(rows)} requirements: " + ", ".join(f"{n} {ASVS_STATES[s].lower()}" for s, n in counts.items()) + ".",
    ]
    for chapter, points in chapters.items():
        lines += ["", f"## {chapter} {points['title']}", "", "| Point | What | State | Where, or what is missing |"]
        lines += ["|---|---|---|---|"]
        for name, (state, what, where) in ((n, row) for n, row in points.items() if n != "title"):
            lines.append(_row([name, what, ASVS_STATES[state], where]))
    return "\n".join(lines) + "\n"


def who_sees_what() -> str:
    """The reviewed matrix of addresses, roles and classes of record."""
    return _of_the_pages("access")


def attempts() -> str:
    """What the tests try against the pages."""
    return _of_the_pages("attacks")


def _of_the_pages(which: str) -> str:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
    import django

    django.setup()
    from tests.access import printed

    return str(getattr(printed, which)())


PAGES: dict[str, Callable[[], str]] = {
    "access.md": who_sees_what,
    "attacks.md": attempts,
    "asvs.md": asvs,
    "capabilities.md": capabilities,
    "facts.md": facts,
    "packs.md": questions.packs,
    "questions.md": questions.questions,
    "roles.md": access,
}


def stale(texts: dict[str, str]) -> list[str]:
    """Pages of registers that no pack has any more."""
    there = (f"registers/{path.name}" for path in (REFERENCE / "registers").glob("*.md"))
    return sorted(name for name in there if name not in texts)


def main() -> int:
    """Write every page, or say which ones differ."""
    from docs import registers

    check, differing = "--check" in sys.argv, []
    texts = {**{name: page() for name, page in PAGES.items()}, **registers.pages()}
    for name in stale(texts):
        differing.append(name)
        if not check:
            (REFERENCE / name).unlink()
            differing.remove(name)
    for name, text in texts.items():
        path = REFERENCE / name
        if check and (not path.exists() or path.read_text() != text):
            differing.append(name)
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for name in differing:
        print(f"docs/reference/{name} is not what the product says: run make fix.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
