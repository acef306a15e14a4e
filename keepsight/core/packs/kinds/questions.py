"""Questions as data: audit tools and surveys, one file each in ``questions/`` of a pack (QAP-01, WRK-09, PAR-11)."""

from dataclasses import dataclass

from keepsight.core.packs.kinds.registers import Choice
from keepsight.core.packs.schema import Table, choice


@dataclass(frozen=True, kw_only=True)
class QuestionRule:
    """One question."""

    id: str
    text: str
    kind: str = choice(("choice", "scale", "yes_no", "text", "grade"))
    hint: str = ""
    section: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    theme: str = ""  # what a poor answer counts towards
    agreed_on: bool = False  # second opinions are compared on it


@dataclass(frozen=True, kw_only=True)
class Questions(Table):
    """An audit tool, or a survey."""

    title: str
    words: str
    kind: str = choice(("audit", "survey"))
    audience: str = ""  # of a survey: staff, children, families, partners
    least_answers: int = 10  # nothing is shown of fewer
    capabilities: tuple[str, ...] = ()
    questions: tuple[QuestionRule, ...]
