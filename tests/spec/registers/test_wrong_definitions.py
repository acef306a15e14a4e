"""What a wrong definition is answered with: each row changes the register of actions in one place."""

import tomllib

import pytest
import tomli_w

from keepsight.core.packs import PackError, book
from keepsight.core.packs.book import FOLDER, known_beside
from keepsight.core.packs.checks import check

# what stands there | what is put in its place (¶ is a new line), and below it the sentence, or how it begins.
WRONG = """
plural = "Actions" | nothing
    plural is missing.
area = "command" | area = "comand"
    area must be one of command,
capabilities = ["CMD-08", "COM-06"] | capabilities = ["CMD8"]
    capabilities: “CMD8” must look like CMD-08.
prefix = "ACT" | prefix = "Act"
    prefix must be two to five capital letters, such as ACT, and is “Act”.
prefix = "ACT" | prefix = "RSK"
    prefix RSK is already that of the register risk: numbers would look alike. Take another.
title = "what" | title = "waht"
    title must be the field that names an entry, but there is no field called waht. Did you mean what?
title = "what" | title = "progress"
    title is “How it goes”, which is of kind rag and names nothing in a list. Choose a text, a choice or a day.
title = "what" | title = "detail"
    title is “More about it”, which may be left empty. Make it required, so that no entry is without a name.
retention = "event_record" | retention = "event_records"
    retention: there is no rule in the retention schedule called event_records. Did you mean event_record?
columns = ["number", | columns = ["subject", "number",
    the list shows whom an entry is about, but subject is none. Take subject out of the list.
id = "detail" | id = "what"
    fields what stands there twice.
id = "detail" | id = "Detail"
    the field id “Detail” must begin with a small letter and have only small letters, figures and _,
id = "detail" | id = "state"
    the field “More about it” has the id state, which every entry has already. Call it, say, state_of_it.
label = "More about it" | label = "What must be done"
    two fields are called “What must be done” (what and detail): nobody could tell them apart.
kind = "long_text" | kind = "longtext"
    fields detail: kind must be one of text, long_text,
kind = "long_text" | kind = "choice"
    the field “More about it” has no choices. List what may be chosen, or make it a text.
kind = "long_text" | kind = "text"¶choices = [{ id = "a", name = "A" }]
    the field “More about it” has choices but is of kind text. Make it a choice, or take the choices away.
{ id = "plan", name = "Plan" } | { id = "plan", name = "Meeting" }
    the field “Came from” has the choice “Meeting” twice.
kind = "long_text" | kind = "long_text"¶required = true¶retired = true
    the field “More about it” is retired and must be filled in: nobody is asked for it. Take “required” away.
kind = "long_text" | kind = "number"¶least = 9¶most = 2
    the field “More about it” may be 9 at least and 2 at most: nothing fits. Change one of the two.
kind = "long_text" | kind = "long_text"¶most = 2
    the field “More about it” has a least or most value, but is of kind long_text. Only a number or money has those.
kind = "long_text" | kind = "entry"
    the field “More about it” names an entry of another register, but not of which: fill in “register”.
kind = "long_text" | kind = "entry"¶register = "risks"
    the field “More about it” names entries of a register that is not there: there is no register called risks. Did
kind = "long_text" | kind = "computed"
    the field “More about it” is computed, but says not from what: fill in “formula”.
kind = "long_text" | kind = "computed"¶formula = "due_on +"
    the field “More about it”: the formula “due_on +” cannot be read.
kind = "long_text" | kind = "computed"¶formula = "due - 2"
    the field “More about it”: the formula names no field that it can count with: due. Did you mean due_on?
kind = "long_text" | kind = "computed"¶formula = "detail + 1"
    the formula of “More about it” asks for itself. Take it out of its own formula.
kind = "long_text" | kind = "computed"¶formula = "due_on > 3"
    the field “More about it”: in “due_on > 3”, “3” is a number, but should be a day.
kind = "long_text" | kind = "computed"¶formula = "(SELECT 1)"
    the field “More about it”: “(SELECT 1)” is not allowed in a formula. Use
kind = "long_text" | kind = "long_text"¶indexed = true
    the field “More about it” cannot be filtered by, because it is of kind long_text. Take “indexed” away.
kind = "rag" | kind = "rag"¶indexed = true
    the field “How it goes” is red, amber or green, which can always be filtered by (rag). Take “indexed” away.
kind = "long_text" | kind = "text"¶only_when = "cam_from=plan"
    the field “More about it” is asked only when another field says so, but there is no field called cam_from. Did you
kind = "long_text" | kind = "text"¶only_when = "came_from=plans"
    the field “More about it” is asked only when “Came from” is plans, which it never is. Did you mean plan?
kind = "long_text" | kind = "text"¶only_when = "came_from"
    the field “More about it” is asked only when “Came from” is yes, but that is no yes-or-no field. Write
kind = "long_text" | kind = "text"¶shown_to = ["leeder"]
    the field “More about it” is shown to a role that is not there: there is no role called leeder. Did you mean leader?
kind = "long_text" | kind = "text"¶shown_to = ["health"]
    the field “More about it” is shown to health, who may not read the register. Add health under read, or take it
moves = ["doing", "done", "cancelled"] | moves = ["doing", "dun", "cancelled"]
    the state “Open” moves to a state that is not there: there is no state called dun. Did you mean done?
moves = ["doing", "done", "cancelled"] | moves = ["open", "doing", "done", "cancelled"]
    the state “Open” moves to itself. Take open out of its moves.
moves = ["done", "open", "cancelled"] | moves = []
    the state “Being done” leads nowhere and ends nothing: entries would be stuck. Give it moves, or mark it “ends”.
moves = ["doing", "done", "cancelled"] | moves = ["done", "cancelled"]
    no entry can ever come to the state “Being done”. Put doing into the moves of another.
ends = true | nothing everywhere
    no state ends an entry: nothing would ever be finished. Mark one with ends = true.
colour = "blue" | ends = true
    entries begin in “Open”, which already ends them. Put another state first.
needs = ["done_how"] | needs = ["done_haw"]
    the state “Done” needs a field that is not there: there is no field called done_haw. Did you mean done_how?
id = "done_how" | id = "done_how"¶retired = true
    the state “Done” needs “What was done”, which is retired: nobody could fill it in. Take it out of needs.
reason = true | by = ["health"]
    the state “No longer needed” may be given by health, who may not move entries. Add health under move.
from = "due_on" | from = "due_one"
    the clock “Action due” counts from something that is not there: there is no day called due_one. Did you mean due_on?
from = "due_on" | from = "what"
    the clock “Action due” counts from “What must be done”, which is of kind text and no day. Take a field of kind date.
unit = "days" | unit = "hours"
    the clock “Action due” counts hours from “By when”, which is a day without a time. Make that an instant, or count
while = ["open", "doing"] | while = ["open", "done"]
    the clock “Action due” runs in “Done”, which ends an entry: nothing is due any more. Take it out.
while = ["open", "doing"] | while = []
    the clock “Action due” runs in no state. Say in which, under while.
every = 0 | every = -1
    the clock “Action due” is due -1 days later. Give a number of 0 or more.
export = ["leader", "emergency_lead"] | export = ["leader", "emergency_leed"]
    who may take away: there is no role called emergency_leed. Did you mean emergency_lead?
export = ["leader", "emergency_lead"] | export = ["leader", "health"]
    health may take away entries but not read them. Add health under read, or take it away here.
add = ["leader", | add = ["owner", "leader",
    an entry has no owner before it is added: name roles under add and define.
read = ["leader", | confidential = true¶read = ["practitioner", "duty_worker", "front_door", "health", "leader",
    it is confidential, and 11 roles read all of it: that is nearly everybody. Name fewer roles under read,
read = ["leader", | read = ["provider", "leader",
    provider reads only what is about its own setting, and these entries are about nobody. Take provider out of read.
"progress", "state"] | "progres", "state"]
    the list has a column that is not there: there is no field called progres. Did you mean progress?
"rag", "came_from", "due"] | "rag", "evidence", "due"]
    the list filters by “Evidence”, which is not indexed. Mark the field with indexed = true.
sort = "due" | sort = "-du"
    the list is sorted by something that is not there: there is no field called du. Did you mean due?
due = "overdue" | nothing
    the tile “Overdue” counts every entry there ever was. Say which: by states, by due, or by a field and its value.
due = "overdue" | field = "came_from"¶value = "plans"
    the tile “Overdue” counts “Came from” that is plans, which it never is. Did you mean plan?
states = ["open", "doing"]¶colour | states = ["opened", "doing"]¶colour
    the tile “Open” counts a state that is not there: there is no state called opened. Did you mean open?
by = "state" | by = "detail"
    the chart “Actions by state” counts by “More about it”, which is no indexed choice. Choose state, rag, team, owner
to = ["owner"] | to = ["ownr"]
    the alert “given” tells “ownr”. It may tell owner, adder, manager, or role: and the id of a role. Did you mean
to = ["owner"] | to = ["role:leeder"]
    the alert “given” tells a role that is not there: there is no role called leeder. Did you mean leader?
when = "assigned" | when = "assigned"¶state = "done"
    the alert “given” names a state, but is sent when assigned. Only “moved” goes with a state.
colour = "red" | colour = "redd"
    tiles overdue: colour must be one of
"""

PARTNER = """
roles = ["provider"] | roles = ["leader"]
    the partners’ form is for leader, who works here and adds entries on the register’s own page.
fields = ["what", "due_on"] | fields = ["what", "due_one"]
    the partners’ form asks for a field that is not there: there is no field called due_one. Did you mean due_on?
fields = ["what", "due_on"] | fields = ["what"]
    the partners’ form leaves out “By when”, which is required: nobody could send it. Add due_on.
subject = "provider" | nothing
    partners fill in what is about their own setting: subject must be setting or provider.
"""


def good() -> str:
    return (FOLDER / "standing" / "registers" / "action.toml").read_text()


def with_partner() -> str:
    form = '\n[partner]\nroles = ["provider"]\ntitle = "Your actions"\nfields = ["what", "due_on"]\n'
    return 'subject = "provider"\n' + good() + form


def rows(table: str):
    lines = [line for line in table.strip().split("\n") if line]
    for change, sentence in zip(lines[::2], lines[1::2], strict=True):
        here, _, there = change.partition(" | ")
        yield here.replace("¶", "\n"), there.replace("¶", "\n"), sentence.strip()


def refused(text: str) -> str:
    known = known_beside(book().tables, "registers/action")
    with pytest.raises(PackError) as wrong:
        check("registers/action", tomllib.loads(text), where="Actions", known=known)
    return str(wrong.value)


def changed(text: str, here: str, there: str) -> str:
    assert here in text, f"{here} does not stand in the definition any more"
    if there == "nothing everywhere":
        return text.replace(here, "")
    return text.replace(here, "" if there == "nothing" else there, 1)


@pytest.mark.parametrize(("here", "there", "sentence"), list(rows(WRONG)))
def test_a_wrong_definition_is_refused_in_a_sentence(here, there, sentence):
    assert refused(changed(good(), here, there)).removeprefix("Actions: ").startswith(sentence)


@pytest.mark.parametrize(("here", "there", "sentence"), list(rows(PARTNER)))
def test_a_wrong_form_for_partners_is_refused_in_a_sentence(here, there, sentence):
    assert refused(changed(with_partner(), here, there)).removeprefix("Actions: ").startswith(sentence)


def test_there_are_more_than_forty():
    assert len(list(rows(WRONG))) + len(list(rows(PARTNER))) >= 40


def test_what_is_not_changed_is_right():
    known = known_beside(book().tables, "registers/action")
    for text in (good(), with_partner()):
        assert check("registers/action", tomllib.loads(text), where="Actions", known=known)


def test_too_many_filters_are_refused_by_the_name_of_the_field_that_finds_no_room():
    table = tomllib.loads(good())
    table["fields"] += [{"id": f"k{n}", "label": f"Word {n}", "kind": "text", "indexed": True} for n in range(4)]
    said = refused(tomli_w.dumps(table))
    assert said.startswith("Actions: the field Word 3 cannot be filtered by: a register can be filtered by four words")


def test_states_that_go_round_and_never_end_are_refused():
    table = tomllib.loads(good())
    table["states"][0]["moves"] = ["doing", "done", "cancelled", "wait"]
    table["states"] += [
        {"id": "wait", "name": "Waits", "moves": ["rest"]},
        {"id": "rest", "name": "Rests", "moves": ["wait"]},
    ]
    assert "from the state “Waits” an entry can never come to an end" in refused(tomli_w.dumps(table))


@pytest.mark.parametrize("event", [None, "pandemic_2020", "severe_weather"])
def test_every_register_of_the_packs_is_right(event):
    assert book(event).names("registers")
