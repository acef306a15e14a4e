"""
A picture of an emergency as plain data: blocks of figures, rows and words, each with the number of its source.

A body is what is kept, signed and hashed; the page, the Word file and the PDF are drawn from it and
from nothing else. Its parts are plain lists and dicts, because it is kept as JSON.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keepsight.core.command.paper import Grid, Paper, Part

Body = Mapping[str, Any]


@dataclass
class Sources:
    """Sources in the order in which a reader meets them; the same one has one number."""

    listed: list[dict[str, Any]] = field(default_factory=list)

    def number(self, words: str, **opens: Any) -> int:
        """The number of a source; ``opens`` says which list, entry or report it is, for the page to link to."""
        for each in self.listed:
            if (each["words"], each["opens"]) == (words, opens):
                return int(each["number"])
        self.listed.append({"number": len(self.listed) + 1, "words": words, "opens": opens})
        return len(self.listed)


@dataclass
class Block:
    """One part of a picture."""

    id: str
    title: str
    kind: str
    words: str = ""
    sentences: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""

    def figure(self, label: str, value: str | int, source: int) -> None:
        """A figure with the number of its source."""
        self.figures.append({"label": label, "value": str(value), "source": source})

    def row(self, cells: Sequence[str], source: int) -> None:
        """A row with the number of its source; its first cell names it when two pictures are compared."""
        self.rows.append({"cells": [str(cell) for cell in cells], "source": source})

    def as_json(self) -> dict[str, Any]:
        """Give plain lists and dicts."""
        return dict(vars(self))


def digest(body: Body) -> str:
    """The fingerprint of a body: the same for the same words, whatever the order of its keys."""
    kept = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(kept.encode()).hexdigest()


def with_text(body: Body, block: str, text: str) -> dict[str, Any]:
    """The body with the words of one text block changed."""
    blocks = [{**each, "text": text} if each["id"] == block and each["kind"] == "text" else each
              for each in body["blocks"]]  # fmt: skip
    return {**body, "blocks": blocks}


def compare(before: Body, after: Body) -> list[dict[str, Any]]:
    """
    Say what changed from one picture to the next, block by block, in plain sentences.

    Returns
    -------
    list of dict
        ``title`` of the block and its ``sentences``; blocks that say the same are left out.
    """
    earlier = {each["id"]: each for each in before["blocks"]}
    changed = []
    for block in after["blocks"]:
        was = earlier.pop(block["id"], None)
        sentences = ["This part is new."] if was is None else _changes(was, block)
        if sentences:
            changed.append({"title": block["title"], "sentences": sentences})
    return changed + [{"title": each["title"], "sentences": ["This part is gone."]} for each in earlier.values()]


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    said = []
    old = {each["label"]: each["value"] for each in was["figures"]}
    new = {each["label"]: each["value"] for each in now["figures"]}
    said += [f"{label}: {value}, was {old[label]}." for label, value in new.items()
             if label in old and old[label] != value]  # fmt: skip
    said += [f"{label}: {value}, not there before." for label, value in new.items() if label not in old]
    said += [f"{label}: no longer shown, was {value}." for label, value in old.items() if label not in new]
    held = {each["cells"][0]: each["cells"] for each in was["rows"]}
    rows = {each["cells"][0]: each["cells"] for each in now["rows"]}
    said += [f"{name}: new." for name in rows if name not in held]
    said += [f"{name}: no longer here." for name in held if name not in rows]
    headings = now["headings"]
    for name, cells in rows.items():
        if name in held and held[name] != cells:
            said.append(f"{name}: {_cells(headings, held[name], cells)}.")
    if was["text"].strip() != now["text"].strip():
        said.append("The words changed.")
    return said


def _cells(headings: Sequence[str], was: Sequence[str], now: Sequence[str]) -> str:
    pairs = zip(headings, was, now, strict=False)
    parts = [
        f"{heading} {_cut(new) or 'empty'}, was {_cut(old) or 'empty'}" for heading, old, new in pairs if old != new
    ]
    return "; ".join(parts) or "changed"


def _cut(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:77]}…"


def paper(
    body: Body, *, subtitle: str, facts: Sequence[tuple[str, str]], leave_out: frozenset[str] = frozenset()
) -> Paper:
    """
    The picture as a document.

    Parameters
    ----------
    facts : sequence of pairs
        What stands under the title: version, who made and who signed it, the fingerprint.
    leave_out : frozenset of str
        Kinds of block that this reader may not have.
    """
    return Paper(
        title=body["title"],
        subtitle=subtitle,
        mark="EXERCISE" if body["exercise"] else "",
        facts=tuple((label, words) for label, words in facts),
        parts=tuple(_part(block) for block in body["blocks"] if block["kind"] not in leave_out),
        sources=tuple((each["number"], each["words"]) for each in body["sources"]),
    )


def _part(block: Mapping[str, Any]) -> Part:
    lines = [*block["sentences"], *(line for line in block["text"].split("\n") if line.strip())]
    grids = []
    if block["figures"]:
        rows = tuple((each["label"], each["value"], str(each["source"])) for each in block["figures"])
        grids.append(Grid("Figures", ("What", "Figure", "Source"), rows))
    if block["headings"] and block["rows"]:
        rows = tuple((*each["cells"], str(each["source"])) for each in block["rows"])
        grids.append(Grid("Entries", (*block["headings"], "Source"), rows))
    return Part(block["title"], tuple(lines) or (() if grids else ("Nothing to report.",)), tuple(grids))
