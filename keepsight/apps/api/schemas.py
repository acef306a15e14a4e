"""What the interface takes and gives. The words of each field stand in the document of the interface."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field


def _plain(text: str) -> str:
    """Text that a database holds: no null character, no half of a pair."""
    if "\x00" in text or not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError("holds a character that is no text")
    return text


Text = Annotated[str, AfterValidator(_plain)]
Id = Annotated[int, Field(ge=1, le=2**53)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Code = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Value = Annotated[Text, Field(max_length=20_000)] | bool | int | float | list[Annotated[Text, Field(max_length=200)]]
Values = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)], Value | None]


class Sent(Schema):
    """What somebody sends: a name that is not known is refused, so that a slip of the pen changes nothing."""

    model_config = ConfigDict(extra="forbid")


# --- troubles ------------------------------------------------------------------------------------------
class Trouble(Schema):
    """Why something was not done, in a sentence, and in a word for programs."""

    sentence: str
    code: str
    fields: dict[str, str] = Field({}, description="Field → what is wrong with it; of 422.")


# --- registers -----------------------------------------------------------------------------------------
class RegisterOut(Schema):
    """A register that may be read."""

    authority: str = Field(description="Code of the authority.")
    authority_name: str
    key: str
    name: str
    plural: str
    purpose: str
    area: str
    prefix: str
    subject: str
    may: list[Literal["read", "add", "change", "move", "assign", "export"]]


class ChoiceOut(Schema):
    id: str
    name: str


class FieldOut(Schema):
    """One field of a register, as it is asked and read."""

    id: str
    label: str
    kind: str
    hint: str
    section: str
    required: bool
    choices: list[ChoiceOut]
    least: float | None
    most: float | None
    letters: int
    entries_of: str = Field(description="Of a field of kind entry: the key of the register whose entries it names.")
    formula: str
    only_when: str
    retired: bool
    may_filter: bool = Field(description="Whether entries are filtered by `f_<id>`.")


class StateOut(Schema):
    """One state, and where it may go from there."""

    id: str
    name: str
    moves: list[str]
    ends: bool
    needs: list[str]
    reason: bool
    second_person: bool


class ClockOut(Schema):
    """A duty that falls due while an entry is in one of these states."""

    id: str
    title: str
    counts_from: str
    every: int
    unit: str
    states: list[str]
    soon_days: int
    source: str


class DefinitionOut(RegisterOut):
    """What a register is: its fields as this person sees them, its states and clocks."""

    version: int
    subject_required: bool
    title: str
    sort: str
    sorts: list[str]
    fields: list[FieldOut]
    states: list[StateOut]
    clocks: list[ClockOut]


# --- entries -------------------------------------------------------------------------------------------
class Somebody(Schema):
    """A person or team by number."""

    id: int
    name: str


class About(Schema):
    """Whom or what an entry is about, as far as the person may know."""

    kind: str
    name: str
    ref: UUID | None = Field(None, description="Of a child.")
    id: int | None = Field(None, description="Of a setting, provider, team, service or worker.")


class EntryRow(Schema):
    """One entry of a list."""

    ref: UUID
    number: str
    title: str
    state: str
    state_name: str
    is_open: bool
    rag: str
    owner: str
    team: str
    about: About | None
    due_on: date | None
    due_at: datetime | None
    overdue: bool
    added_at: datetime
    changed_at: datetime
    revision: int
    values: dict[str, Any] = Field(
        description="Field → value: text, number, yes or no, an id or ids of choices, a day in ISO; where it names "
        "somebody or something, an object with `name` and, where it may be opened, `ref` or `id`. A text that would "
        "tell a confidential place says [not shown] there."
    )


class PageOut(Schema):
    """One page of a list. `after` and `before` are empty where there is no further page."""

    entries: list[EntryRow]
    after: str
    before: str


class Line(Schema):
    label: str
    before: str
    after: str


class Happened(Schema):
    """One line of the history, the newest first."""

    at: datetime
    who: str
    what: str
    why: str = ""
    text: str = ""
    lines: list[Line] = []


class Linked(Schema):
    name: str
    how: str
    child: UUID | None = None
    entry: UUID | None = None
    address: str = ""


class AttachmentOut(Schema):
    """A file with the entry; its content is opened on the entry's page."""

    ref: UUID
    name: str
    size: str
    at: datetime
    gone_at: datetime | None


class EntryOut(EntryRow):
    """One entry whole."""

    authority: str
    key: str = Field(description="Of its register.")
    due: str = Field(description="The clock in words.")
    is_exercise: bool
    moves: list[ChoiceOut] = Field(description="The states into which this person may move it now.")
    may: list[Literal["change", "move", "assign"]]
    links: list[Linked]
    linked_from: list[Linked]
    attachments: list[AttachmentOut]
    history: list[Happened]


class Changed(Trouble):
    """Somebody else was quicker, or the entry's state does not allow it. `entry` is as it stands now."""

    entry: EntryOut | None = None


# --- what is sent --------------------------------------------------------------------------------------
class NewEntry(Sent):
    """An entry to add. What names a child, a family, a setting or an entry is given as on the form, or by its `ref`."""

    values: Values
    about: Annotated[Text, Field(max_length=200)] | Id | None = None
    owner: Id | None = None
    team: Id | None = None


class Change(Sent):
    """Fields to change; the others stay. Null empties one."""

    revision: Revision
    values: Values


class Move(Sent):
    """Into another state, with fields that it needs."""

    to: Name
    revision: Revision
    why: Annotated[Text, Field(max_length=300)] = ""
    values: Values = {}


class Assign(Sent):
    """To somebody, or with null to nobody. Without a team, the team stays."""

    owner: Id | None
    revision: Revision
    team: Id | None = None


class NewComment(Sent):
    """What is said. @ and a full name tells that person."""

    text: Annotated[Text, Field(min_length=1, max_length=5000)]
