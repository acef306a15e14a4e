"""Nothing in the docs leads nowhere: links, commands, settings and targets of make that they name are there."""

import re
import tomllib
from pathlib import Path

import pytest

from keepsight.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
OURS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "keepsight").rglob("README.md")]
README = (ROOT / "README.md").read_text()
SERVICE = (ROOT / "docs" / "how-to" / "put-into-service.md").read_text()
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SETTING = re.compile(r"KEEPSIGHT_[A-Z0-9_]*[A-Z0-9]")
COMMAND = re.compile(r"(?:^|[`/(])keepsight ([a-z][a-z-]+)", re.MULTILINE)
TARGET = re.compile(r"`make ([a-z]+)|^make ([a-z]+)", re.MULTILINE)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The headings of a page, as the address of a page writes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def trouble(page: Path, link: str) -> str:
    """Why this link of this page leads nowhere; nothing if it leads somewhere."""
    if "://" in link:
        return ""
    path, _, part = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"{name(page)}: {link} is not there"
    if part and part not in anchors(target):
        return f"{name(page)}: {link} names no heading"
    return ""


@pytest.mark.parametrize("doc", OURS, ids=name)
def test_every_link_leads_somewhere(doc):
    assert not list(filter(None, (trouble(doc, link) for link in LINK.findall(doc.read_text()))))


def test_the_checker_finds_a_dead_link():
    assert trouble(ROOT / "README.md", "docs/nowhere.md")
    assert trouble(ROOT / "README.md", "#no-such-heading")
    assert not trouble(ROOT / "README.md", "GLOSSARY.md")


def test_the_readme_leads_to_every_page():
    """A page that nobody links is a page that nobody reads. Decisions are one folder; an index leads to its folder."""
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in LINK.findall(README)}
    for index in [page for page in linked if page.name == "index.md"]:
        linked |= {(index.parent / link).resolve() for link in LINK.findall(index.read_text())}
    pages = {page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "adr"}
    assert sorted(name(page) for page in pages - linked) == []
    assert ROOT / "docs" / "adr" in linked


def test_every_setting_that_the_product_reads_is_explained_and_no_other():
    read = {
        setting
        for file in (ROOT / "keepsight").rglob("*.py")
        for setting in re.findall(r"""["'](KEEPSIGHT_[A-Z0-9_]+)["']""", file.read_text())
    }
    tabled = set(re.findall(r"^\| `(KEEPSIGHT_[A-Z0-9_]+)`", SERVICE, re.MULTILINE))
    assert tabled == read
    everywhere = {setting for page in OURS for setting in SETTING.findall(page.read_text())}
    assert everywhere <= read


def test_the_readme_lists_every_command():
    listed = set(re.findall(r"^\| `keepsight ([a-z]+)", README, re.MULTILINE))
    assert listed == set(COMMANDS)


@pytest.mark.parametrize("doc", OURS, ids=name)
def test_commands_and_targets_are_there(doc):
    text = doc.read_text()
    assert set(COMMAND.findall(text)) <= set(COMMANDS)
    targets = {one or other for one, other in TARGET.findall(text)}
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= made


def test_developers_are_told_the_floors_that_hold():
    held = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    told = " ".join((ROOT / "DEVELOPERS.md").read_text().split())
    for contract in held[:2]:
        floors = " → ".join(", ".join(layer.split(" | ")) for layer in contract["layers"])
        assert floors in told


def test_developers_are_shown_every_room_of_the_house():
    house = (ROOT / "DEVELOPERS.md").read_text().split("```")[1]
    product = ROOT / "keepsight"
    rooms = [*product.iterdir(), *(product / "core").iterdir()]
    names = {room.name for room in rooms if room.is_dir() and any(room.iterdir()) and room.name != "__pycache__"}
    names |= {room.stem for room in rooms if room.suffix == ".py" and room.stem != "__init__"}
    assert {each for each in names if not re.search(rf"\b{each}\b", house)} == set()


def test_the_glossary_names_what_is_in_the_code():
    """`app.Class` is a class of that app's models, or of the core's terms; `core/…`, `packs/…` are paths."""
    cells = [row.rsplit("|", 2)[1] for row in (ROOT / "GLOSSARY.md").read_text().splitlines() if row.startswith("| ")]
    named = [word for cell in cells for word in re.findall(r"`([\w./]+)`", cell)]
    missing = []
    for word in named:
        place, _, thing = word.partition(".")
        if re.fullmatch(r"[a-z]+\.(?:permissions\.)?[A-Z]\w+", word):
            rest = thing.replace("permissions.", "")
            files = [ROOT / "keepsight" / "apps" / place / f"{each}.py" for each in ("models", "permissions")]
            files.append(ROOT / "keepsight" / "core" / f"{place}.py")
            texts = [file.read_text() for file in files if file.exists()]
            if not any(re.search(rf"^(class {rest}\b|{rest} = )", text, re.MULTILINE) for text in texts):
                missing.append(word)
        elif "/" in word:
            roots = (ROOT, ROOT / "keepsight", ROOT / "keepsight" / "apps")
            missing += [word] * (not any((root / word).exists() for root in roots))
    assert missing == []
