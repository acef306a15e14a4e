"""The reference of packs and of question packs, printed from the packs."""

from keepsight.core.packs import book
from keepsight.core.packs.book import FOLDER
from keepsight.core.packs.kinds import Questions

KINDS = {
    "choice": "one of several", "scale": "a scale of five", "yes_no": "yes or no", "text": "words", "grade": "a grade",
}  # fmt: skip
COMPARED = "compared with the second opinion"


def packs() -> str:
    """Every pack: what it holds."""
    lines = [
        "# Packs",
        "",
        "Printed from `keepsight/packs`. An event pack is laid over the standing one while it is on.",
        "",
    ]
    lines += ["| Pack | Kind | Tables | Registers of its own | Questions of its own |", "|---|---|---|---|---|"]
    for folder in sorted(each.parent for each in FOLDER.glob("*/pack.toml")):
        tables = sorted(each.stem for each in folder.glob("*.toml") if each.stem != "pack")
        kind = "event" if "event" in tables else "standing" if folder.name == "standing" else "other"
        held = [len(list(folder.glob(f"{name}/*.toml"))) for name in ("registers", "questions")]
        lines.append(f"| `{folder.name}` | {kind} | {', '.join(tables)} | {held[0]} | {held[1]} |")
    return "\n".join(lines) + "\n"


def questions() -> str:
    """Every audit tool and survey with its questions."""
    lines = ["# Audit tools and surveys", "", "Printed from `questions/` of the packs."]
    for pack in [None, *sorted(each.parent.name for each in FOLDER.glob("*/event.toml"))]:
        rules = book(pack)
        for key in rules.names("questions"):
            if (FOLDER / (pack or "standing") / "questions" / f"{key}.toml").exists():
                lines += _tool(key, pack or "standing", rules.read(f"questions/{key}", Questions))
    return "\n".join(lines) + "\n"


def _tool(key: str, pack: str, tool: Questions) -> list[str]:
    about = (
        f"of {tool.audience}; nothing is shown of fewer than {tool.least_answers} answers"
        if tool.audience
        else "of cases"
    )
    lines = ["", f"## {tool.title}", "", tool.words, ""]
    lines += [
        f"`{pack}/questions/{key}.toml`: {tool.kind} {about}. {', '.join(tool.capabilities)}. Source: {tool.source}.",
        "",
    ]
    lines += ["| Question | Answer | Besides |", "|---|---|---|"]
    for each in tool.questions:
        choices = f": {', '.join(one.name for one in each.choices)}" if each.choices else ""
        besides = [f"theme {each.theme}"] * bool(each.theme) + [COMPARED] * each.agreed_on
        besides += ["may stay open"] * (not each.required)
        lines.append(f"| {each.text} | {KINDS[each.kind]}{choices} | {'; '.join(besides)} |")
    return lines
