"""The reference of registers, printed from the packs: one page a register, and an index."""

from typing import Any

from keepsight.core.packs import book
from keepsight.core.packs.book import FOLDER
from keepsight.core.packs.kinds import Register, Retention, Roles
from keepsight.core.packs.kinds.registers import AREAS
from keepsight.core.registers.described import describe

WHERE = "registers"
AREA_WORDS = {"send": "SEND", "front_door": "Front door", "early_help": "Early help"}


def pages() -> dict[str, str]:
    """File name below ``docs/reference`` → text, for every register of every pack."""
    found: dict[str, tuple[str, Register]] = {}
    for pack in [None, *sorted(each.parent.name for each in FOLDER.glob("*/event.toml"))]:
        rules = book(pack)
        for key in rules.names("registers"):
            found.setdefault(key, (pack or "standing", rules.read(f"registers/{key}", Register)))
    made = {f"{WHERE}/{key}.md": _page(key, pack, rule) for key, (pack, rule) in found.items()}
    return {f"{WHERE}/index.md": _index(found), **made}


def _names() -> tuple[dict[str, str], dict[str, str]]:
    standing = book()
    roles = {each.id: each.name for each in standing.read("roles", Roles).roles}
    return roles, {each.id: each.name for each in standing.read("retention", Retention).schedule}


def _index(found: dict[str, tuple[str, Register]]) -> str:
    lines = [
        "# Registers", "", "Printed from the packs. An analyst reads `docs/how-to/add-a-register.md` to add one.", "",
        f"{len(found)} registers.",
    ]  # fmt: skip
    for area in AREAS:
        rows = sorted((rule.plural, key, pack, rule) for key, (pack, rule) in found.items() if rule.area == area)
        if rows:
            lines += ["", f"## {AREA_WORDS.get(area, area.capitalize())}", ""]
            lines += ["| Register | What it is for | Pack | Capabilities |", "|---|---|---|---|"]
            lines += [
                _row([f"[{name}]({key}.md)", rule.purpose, f"`{pack}`", ", ".join(rule.capabilities)])
                for name, key, pack, rule in rows
            ]
    return "\n".join(lines) + "\n"


def _page(key: str, pack: str, rule: Register) -> str:
    roles, schedule = _names()
    said = describe(rule, roles)
    lines = [
        f"# {rule.plural}",
        "",
        f"Printed from `keepsight/packs/{pack}/registers/{key}.toml`.",
        "",
        rule.purpose,
        "",
    ]
    lines += [
        f"- An entry is about: {said['about'].lower()}",
        f"- Numbers: {rule.prefix}-1, {rule.prefix}-2, …",
        f"- Kept: {schedule.get(rule.retention, rule.retention)}",
        f"- Who answers for it: {rule.owner}; looked at again on {rule.review_on:%d/%m/%Y}",
        f"- Source: {rule.source} ({rule.confidence})",
        f"- Capabilities: {', '.join(rule.capabilities) or 'none'}",
    ]
    lines += ["- Waits until an emergency switches it on"] if rule.event_only else []
    lines += ["", "## Fields", "", "| Field | Answer | Besides |", "|---|---|---|"]
    lines += [_row([f"{f['label']} (`{f['id']}`)", f["kind"], "; ".join(f["notes"])]) for f in said["fields"]]
    lines += ["", "## States", "", "| State | From here to | Besides |", "|---|---|---|"]
    lines += [
        _row([s["name"], ", ".join(to["name"] for to in s["moves"]) or "nowhere", "; ".join(s["notes"])])
        for s in said["states"]
    ]
    lines += ["", "## What is due", ""]
    lines += [f"- {c['title']}. {c['words']} Source: {c['source']}." for c in said["clocks"]] or ["Nothing."]
    lines += ["", "## Who may what", "", said["reach"] + (" It is confidential." if said["confidential"] else ""), ""]
    lines += ["| What | Who |", "|---|---|", *(_row([a["verb"], a["who"]]) for a in said["access"])]
    lines += _list(said, rule)
    return "\n".join(lines) + "\n"


def _list(said: dict[str, Any], rule: Register) -> list[str]:
    lines = [
        "",
        "## The list",
        "",
        f"Columns: {', '.join(said['columns'])}. Filters: {', '.join(said['filters']) or 'none'}.",
    ]
    if said["tiles"]:
        lines += ["", *(f"- {tile['title']}: {tile['words'].lower()}" for tile in said["tiles"])]
    if said["alerts"]:
        lines += ["", "## Who is told", "", *(f"- {alert['words']}" for alert in said["alerts"])]
    if rule.partner:
        lines += ["", "## What partners fill in", "", f"{rule.partner.title}: {', '.join(rule.partner.fields)}."]
    return lines


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
