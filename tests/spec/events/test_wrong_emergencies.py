"""What a wrong emergency is answered with: each row changes one thing in a good pack and names the sentence."""

import shutil

import pytest

from keepsight.core.events import troubles
from keepsight.core.packs import PackError, book
from keepsight.core.packs.book import FOLDER

# what stands in event.toml of severe_weather | what is put in its place, and below it the sentence
WRONG = """
first_phase = "warning" | first_phase = "warming"
    first_phase: there is no phase called warming. Did you mean warning?
reports_to = "control" | reports_to = "contrl"
    cells children: there is no cell called contrl. Did you mean control?
chair = "controller" | chair = "comptroller"
    cells control: chair: there is no position called comptroller. Did you mean controller?
chair = "children_duty" | chair = "loggist"
    cells children: its chair loggist sits in the cell control.
chair = "controller" | chair = "controller"¶reports_to = "children"
    cells: every cell reports to another one. At least one stands at the top.
role = "cell_member" | role = "practitioner"
    positions loggist: the role practitioner sees children. A duty position never opens children's records.
role = "cell_member" | role = "provider"
    positions loggist: the role provider is not one that is held for a whole council by its own people.
role = "cell_member" | role = "cell_membr"
    positions loggist: there is no role called cell_membr. Did you mean cell_member?
days = 7 | days = 700
    positions controller: a term lasts 1 to 180 days, and is 700.
days = ["mon", "tue", "wed", "thu", "fri"] | days = ["monday"]
    rhythms control_daily: monday is not a day. Write mon, tue, wed, thu, fri, sat, sun.
times = ["09:00"] | times = ["9am"]
    rhythms control_daily: 9am is not a time. Write it like 08:30.
times = ["09:00"] | times = ["25:00"]
    rhythms control_daily: 25:00 is not a time. Write it like 08:30.
times = ["09:00"] | times = []
    rhythms control_daily: say at what time.
agenda = "control" | agenda = "contrl"
    rhythms control_daily: there is no agenda called contrl. Did you mean control?
registers = ["action", "closed_site"] | registers = ["action", "closed_sites"]
    registers: there is no register called closed_sites. Did you mean closed_site?
on = ["closed_site"] | on = ["closed_site"]¶off = ["closed_site"]
    policies response: the register closed_site is switched on and off at once.
id = "recovery"¶title = "Contact as usual"¶phase = "recovery" | id = "recovery"¶title = "As usual"¶phase = "response"
    policies: the phase response has two policies. Say all that it switches in one.
signed_by = "controller" | signed_by = "control"
    reports situation: signed_by: there is no position called control. Did you mean controller?
tile = "overdue" | tile = "overdo"
    reports situation, block actions: there is no tile called overdo. Did you mean overdue?
owner = "children_duty" | owner = "child_duty"
    starters homes: owner: there is no position called child_duty. Did you mean children_duty?
id = "homes" | id = "homes"¶register = "closed_sites"
    starters homes: there is no register called closed_sites. Did you mean closed_site?
id = "homes" | id = "homes"¶register = "lesson"
    starters homes: the register lesson also asks for So we should, which a starter does not fill.
phase = "closing" | phase = "closed"
    checklists closing: there is no phase called closed. Did you mean closing?
retention = "event_record" | retention = "event_records"
    retention: there is no length of keeping called event_records. Did you mean event_record?
contact_mode = "emergency" | contact_mode = "urgent"
    ! policies response: contact_mode must be one of
level = "tactical" | level = "silver"
    ! cells control: level must be one of
"""
PAIRS = WRONG.strip().split("\n")
CASES = [(PAIRS[n], PAIRS[n + 1].strip()) for n in range(0, len(PAIRS), 2)]


@pytest.fixture
def packs(tmp_path):
    for name in ("standing", "severe_weather"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(("change", "sentence"), CASES, ids=[change for change, _ in CASES])
def test_a_wrong_emergency_is_told_in_a_sentence(packs, change, sentence):
    before, after = (part.strip().replace("¶", "\n") for part in change.split(" | "))
    path = packs / "severe_weather" / "event.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    if sentence.startswith("! "):
        with pytest.raises(PackError, match=sentence[2:]):
            book(event="severe_weather", folder=packs)
    else:
        assert sentence in troubles(book(event="severe_weather", folder=packs))


@pytest.mark.parametrize("pack", ["pandemic_2020", "severe_weather"])
def test_the_packs_that_come_with_it_are_right(pack):
    assert troubles(book(event=pack)) == []


def test_severe_weather_speaks_of_weather_only():
    words = "".join(path.read_text().lower() for path in (FOLDER / "severe_weather").rglob("*.toml"))
    assert not [word for word in ("pandemic", "covid", "virus", "isolat", "shield", "lockdown") if word in words]
