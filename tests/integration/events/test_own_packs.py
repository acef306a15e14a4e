"""A council's own packs: emergencies of its own, values over ours, and plain sentences where one is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from keepsight.apps.command import rules
from keepsight.apps.events import packs
from keepsight.apps.events.models import Event
from keepsight.core.packs import PackError, book, event_folders, use_own
from keepsight.core.packs.book import FOLDER

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def own(tmp_path):
    """The council's folder, read from now on."""
    kept = [packs.offered, packs.registers_needed_by, rules._rule, rules._calendar]
    use_own(tmp_path)
    yield tmp_path
    use_own(None)
    for each in kept:
        each.cache_clear()


def heatwave(own, name="heatwave", **files):
    """An emergency made from ours, as a council would make it."""
    folder = own / name
    shutil.copytree(FOLDER / "severe_weather", folder)
    for path in folder.glob("*.toml"):
        text = path.read_text().replace('"severe_weather"', f'"{name}"')
        path.write_text(text.replace("Severe weather", "Heatwave"))
    for path, text in files.items():
        (folder / f"{path}.toml").write_text(text)
    packs.offered.cache_clear()


def local(own, **files):
    folder = own / "local"
    folder.mkdir()
    head = (FOLDER / "severe_weather" / "pack.toml").read_text().replace('"severe_weather"', '"local"')
    for name, text in {"pack": head, **files}.items():
        (folder / f"{name}.toml").write_text(text)
    book.cache_clear()


def test_an_emergency_of_ones_own_is_offered_and_activated(own, desk, council):
    heatwave(own)
    assert "Heatwave" in desk.get(reverse("command:activate")).content.decode()
    page = reverse("command:activating", args=[council.code, "heatwave"])
    assert desk.get(page).status_code == 200
    begun = desk.post(page, {"kind": "real", "reason": "Thirty-eight degrees on Friday"}, follow=True)
    assert begun.status_code == 200
    event = Event.objects.get()
    assert (event.pack, event.title) == ("heatwave", "Heatwave")
    assert event.cells.exists()


def test_values_of_local_lie_over_ours_in_every_book(own):
    ours = book().table("rating")["completeness"]["check_below"]
    table = f"""source = "Our panel"
owner = "Our panel"
review_on = 2030-01-01
[completeness]
check_below = {ours / 2}
"""
    local(own, rating=table)
    for rules_ in (book(), book(event="pandemic_2020")):
        assert rules_.table("rating")["completeness"]["check_below"] == ours / 2
        assert rules_.id.endswith("+local")


@pytest.mark.parametrize("files", [{"event": "this is not TOML"}, {"pack": "id = 1"}, {"event": "wrong = 1"}])
def test_a_broken_emergency_says_what_is_wrong_and_nothing_falls(own, desk, council, files):
    heatwave(own, **files)
    page = desk.get(reverse("command:activate"))
    assert page.status_code == 200
    assert "cannot be used until its owner mends it" in page.content.decode()
    answer = desk.post(reverse("command:activating", args=[council.code, "heatwave"]), {"kind": "real"})
    assert answer.status_code == 409
    assert "This pack cannot be used" in answer.content.decode()


def test_a_name_that_is_taken_and_a_folder_that_is_not_there_are_told(own, desk):
    heatwave(own, name="pandemic_2020")
    assert "Give your folder another name" in desk.get(reverse("command:activate")).content.decode()
    use_own(own / "nowhere")
    packs.offered.cache_clear()
    with pytest.raises(PackError, match="is not there"):
        event_folders()


def test_a_broken_local_pack_stops_the_start_with_its_sentence(own):
    local(own, rating="[completeness")
    env = {**os.environ, "KEEPSIGHT_PACKS": str(own)}
    done = subprocess.run(
        [sys.executable, "-m", "keepsight.cli", "doctor"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 11, done.stdout + done.stderr
    assert "rating.toml in pack local is not TOML" in done.stderr
    assert "Traceback" not in done.stderr
