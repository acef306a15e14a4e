"""Words and shapes of the structure pages. No queries here."""

from collections.abc import Mapping, Sequence
from typing import Any

from keepsight.apps.command.models import CellMember
from keepsight.apps.command.structure import Group
from keepsight.apps.registers.models import Entry
from keepsight.core.command.rhythm import applies
from keepsight.core.events.chart import HEIGHT, WIDTH, chart
from keepsight.core.events.words import LEVEL_NAMES, listed, often
from keepsight.core.packs.kinds import EventRule


def meets(rule: EventRule, phase: str) -> dict[str, str]:
    """Key of a cell → when it meets in a phase, in words."""
    said: dict[str, list[str]] = {}
    for rhythm in rule.rhythms:
        if applies(rhythm.phases, phase):
            said.setdefault(rhythm.cell, []).append(often(rhythm.days, rhythm.times, rhythm.every_weeks))
    return {cell: listed(words) for cell, words in said.items()}


def named(member: CellMember) -> str:
    """A member with their organisation."""
    name = member.user.name if member.user else member.name
    return f"{name} ({member.organisation})" if member.organisation else name


def minimum_words(entry: Entry) -> tuple[str, str]:
    """A minimum level of a team, to choose by its id: Tarnside Team: people at work in all, at least 4."""
    values = entry.values
    least = f"at least {values['people']}" if values.get("people") is not None else ""
    least = least or (f"at least {values['share']} per cent" if values.get("share") is not None else "as it was noted")
    return str(entry.pk), f"{entry.about_team}: {entry.title[:1].lower()}{entry.title[1:]}, {least}"


def present_group(group: Group) -> dict[str, Any]:
    """A cell with who sits there."""
    cell, chair = group.cell, group.chair
    return {
        "cell": cell,
        "level": LEVEL_NAMES.get(cell.level, cell.level),
        "chair": listed(term.user.name for term in chair.held) if chair and chair.held else "",
        "chair_position": chair.position if chair else None,
        "seats": group.seats,
        "members": [named(member) for member in group.members],
        "meets": group.meets,
        "below": [present_group(each) for each in group.below],
        "people": len({t.user_id for seat in group.seats for t in seat.held}) + len(group.members),
    }


def present_chart(groups: Sequence[Group], hrefs: Mapping[str, str]) -> dict[str, Any]:
    """The structure as boxes and lines, for the SVG of the page."""
    keys = {group.cell.pk: group.cell.key for group in groups}
    by_key = {group.cell.key: group for group in groups}
    drawn = chart(
        {group.cell.key: group.cell.name for group in groups},
        {group.cell.key: keys.get(group.cell.reports_to_id or 0, "") for group in groups},
    )
    boxes = []
    for box in drawn.boxes:
        group = by_key[box.id]
        held = group.chair.held[0].user.name if group.chair and group.chair.held else "Chair: nobody yet"
        texts = [{"y": box.y + 24 + 20 * n, "words": line, "strong": True} for n, line in enumerate(box.lines)]
        boxes.append(
            {
                "x": box.x, "y": box.y, "href": hrefs[box.id], "name": group.cell.name, "text_x": box.x + 14,
                "vacant": group.chair is not None and not group.chair.held, "multi": group.cell.multi_agency,
                "texts": [*texts, {"y": box.y + 70, "words": held[:32], "strong": False}],
            }
        )  # fmt: skip
    return {"chart": drawn, "boxes": boxes, "box_width": WIDTH, "box_height": HEIGHT}
