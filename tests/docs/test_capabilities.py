"""The table of capabilities tells the truth: what works has a place and a proof, and both exist."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[2]
BOOK = tomllib.loads((ROOT / "capabilities.toml").read_text())
AREAS = BOOK.pop("areas")
COUNTS = {
    "CMD": 22, "SEE": 25, "RAG": 19, "CON": 21, "MTG": 14, "EDU": 34, "SND": 17, "CLA": 25,
    "WEL": 14, "HLP": 23, "COM": 15, "WRK": 18, "QAP": 13, "DEM": 17, "PAR": 20,
}  # fmt: skip


def test_all_297_are_listed():
    assert {area: sum(key.startswith(area + "-") for key in BOOK) for area in AREAS} == COUNTS
    assert len(BOOK) == 297


def url_names() -> set[str]:
    names = set()
    for namespace, (_, resolver) in get_resolver().namespace_dict.items():
        names |= {f"{namespace}:{name}" for name in resolver.reverse_dict if isinstance(name, str)}
    return names


def place_exists(place: str) -> bool:
    """A place is `page desk:child`, `command keepsight rate`, `module path` or `pack path`; several are parted by ;"""
    kind, _, name = place.strip().partition(" ")
    if kind == "page":
        return name.split(" ")[0] in url_names()
    if kind == "command":
        return (ROOT / "keepsight" / "cli" / f"{name.split()[1]}.py").exists()
    return kind in ("module", "pack") and (ROOT / name).exists()


def proof_exists(proof: str) -> bool:
    path, _, test = proof.strip().partition("::")
    file = ROOT / path
    if not file.is_file():
        return False
    names = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
    return test in names if test else any(name.startswith("test_") for name in names)


@pytest.mark.parametrize("key", BOOK)
def test_each_row_is_honest(key):
    row = BOOK[key]
    assert set(row) == {"name", "does", "state", "place", "proof", "gap"}
    assert row["state"] in ("works", "partly", "none")
    if row["state"] == "works":
        assert row["place"], "works without a place"
        assert row["proof"], "works without a proof"
        assert not row["gap"] or row["gap"].startswith("First cut: "), "what works has no gap; say partly"
    if row["state"] != "works":
        assert row["gap"], "say what is missing"
    for place in filter(None, row["place"].split(";")):
        assert place_exists(place), f"no such place: {place}"
    for proof in filter(None, row["proof"].split(";")):
        assert proof_exists(proof), f"no such proof: {proof}"


def test_the_checker_can_fail():
    assert not place_exists("page desk:nowhere")
    assert not proof_exists("tests/docs/test_capabilities.py::test_that_is_not_there")
    assert re.match(r"[A-Z]{3}-\d\d", next(iter(BOOK)))
