"""
The form of an entry, made from the register's definition: each kind of field has its GOV.UK component.

Names of form fields are the ids of the definition's fields; what Keepsight itself asks has a hyphen in
its name, which no id has. Which field is missing or wrong ``core.registers.values`` says, so that a form,
a file and the interface are read alike.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.references import NotFound, Reach, as_typed, find
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import clean_all
from keepsight.core.registers.values import is_asked
from keepsight.ui.forms import DayField

FEW = 7  # choices that stand as radios; more become a list to open
TIME = "-time"
SUBJECT, OWNER, TEAM = "about-subject", "given-owner", "given-team"
TYPED = ("child", "family", "setting", "provider", "entry")  # found by what is typed into a box
LISTED = ("team", "service", "worker", "person", "cell")
LEAVE_EMPTY = ("", "No answer")
CHOOSE = ("", "Choose")
SUBJECT_LABELS = {
    "child": "Which child is this about?", "family": "Which family is this about?",
    "setting": "Which school or setting is this about?", "provider": "Which provider is this about?",
    "team": "Which team is this about?", "service": "Which service is this about?",
    "worker": "Which worker is this about?", "cell": "Which cell is this about?",
}  # fmt: skip
HINTS = {
    "child": "The whole child number, UPN or NHS number; or the full name and date of birth, "
    "like Ives Madeupname 1/5/2012",
    "family": "The family's number, or the number of one of its children",
    "setting": "Part of the name, or the number",
    "provider": "Part of the name, or the number",
    "entry": "The number of the entry, like ACT-12",
    "evidence": "A web address, or the name of a document",
}
COLUMN_OF = {"provider": "setting", "team": "about_team"}


class Found(forms.CharField):
    """A box in which a child, family, setting or entry is named; gives the row, if the person may open it."""

    def __init__(self, kind: str, reach: Reach, *, register: str = "", **more: Any):
        super().__init__(max_length=200, **more)
        self.kind, self.reach, self.register = kind, reach, register

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        try:
            return find(self.kind, words, self.reach, register=self.register)
        except NotFound as missing:
            raise forms.ValidationError(missing.sentence) from None

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else as_typed(self.kind, value)


class EntryForm(forms.Form):
    """Every field that the definition asks of this person, in its order and sections."""

    def __init__(
        self,
        *args: Any,
        rule: Rule,
        reach: Reach,
        fields: Iterable[FieldRule],
        values: Mapping[str, Any] | None = None,
        subject: bool = False,
        gives_out: bool = False,
        cells: Iterable[tuple[str, str]] = (),
        **more: Any,
    ):
        super().__init__(*args, **more)
        self.rule, self.reach, self.held = rule, reach, dict(values or {})
        self.asked: list[FieldRule] = []
        self.reveals: dict[str, dict[str, tuple[str, ...]]] = {}
        self.govuk: dict[str, dict[str, Any]] = {}
        self._cells = list(cells)
        if subject and rule.subject != "none":
            self._ask_subject()
        for each in fields:
            if each.kind != "computed" and not each.retired:
                self._ask(each)
        if gives_out:
            self._give_out()
        self._open_by_answer()

    # --- making the fields ----------------------------------------------------------------------------
    def _ask(self, each: FieldRule) -> None:
        initial = self.held.get(each.id)
        if each.kind in TYPED and initial is not None:
            initial = row_of(each.kind, initial, self.reach)
            if initial is None:
                return  # names somebody whom this person may not open: it stays as it is
        self.fields[each.id] = made = self._makers().get(each.kind, _text)(each)
        made.label = each.label if self._must(each) else f"{each.label} (optional)"
        made.help_text = made.help_text or each.hint
        made.initial = _initial(each, initial)
        self.asked.append(each)
        if each.kind == "instant":
            made.label = f"{each.label}: day"
            self.fields[each.id + TIME] = forms.CharField(
                label=f"{each.label}: time", required=False, max_length=8, help_text="Like 14:30",
                initial=f"{datetime.fromisoformat(initial):%H:%M}" if initial else "",
            )  # fmt: skip
            self.govuk[each.id + TIME] = {"classes": "govuk-input--width-5"}
        self.govuk[each.id] = _looks(each)

    def _makers(self) -> dict[str, Callable[[FieldRule], forms.Field]]:
        return {
            **dict.fromkeys(TYPED, self._found),
            "long_text": _long_text, "choice": self._choice, "several": _several, "date": _day, "instant": _day,
            "yes_no": self._yes_no, "rag": self._rag, "person": self._person, "team": self._team,
        }  # fmt: skip

    def _must(self, each: FieldRule) -> bool:
        return each.required

    def _choice(self, each: FieldRule) -> forms.Field:
        choices = [(choice.id, choice.name) for choice in each.choices]
        opens = any(other.only_when.partition("=")[0] == each.id for other in self.rule.fields)
        if len(choices) <= FEW or opens:
            return self._radios(each, choices)
        return forms.ChoiceField(choices=[CHOOSE, *choices], required=False)

    def _yes_no(self, each: FieldRule) -> forms.Field:
        return self._radios(each, [("yes", "Yes"), ("no", "No")])

    def _rag(self, each: FieldRule) -> forms.Field:
        return self._radios(each, [("red", "Red"), ("amber", "Amber"), ("green", "Green")])

    def _radios(self, each: FieldRule, choices: list[tuple[str, str]]) -> forms.Field:
        more = [] if each.required or not self.held.get(each.id) else [LEAVE_EMPTY]  # what was answered can be emptied
        return forms.ChoiceField(choices=[*choices, *more], required=False, widget=forms.RadioSelect)

    def _found(self, each: FieldRule) -> forms.Field:
        hint = HINTS[each.kind] if each.kind != "entry" else "The number of the entry, like 12"
        text = f"{each.hint}. {hint}" if each.hint else hint
        return Found(each.kind, self.reach, register=each.register, required=False, help_text=text)

    def _person(self, each: FieldRule) -> forms.Field:
        return _listed(self.reach.people().values_list("pk", "name"))

    def _team(self, each: FieldRule) -> forms.Field:
        return _listed(self.reach.teams().values_list("pk", "name"))

    def _ask_subject(self) -> None:
        kind, must = self.rule.subject, self.rule.subject_required
        made: forms.Field
        if kind in TYPED:
            made = Found(kind, self.reach, required=False, help_text=HINTS[kind])
            self.govuk[SUBJECT] = {"classes": "govuk-!-width-two-thirds"}
        else:
            made = _listed(self._subjects(kind))
        made.label = SUBJECT_LABELS[kind] + ("" if must else " (optional)")
        self.fields[SUBJECT] = made

    def _subjects(self, kind: str) -> Iterable[tuple[Any, str]]:
        if kind == "cell":
            return self._cells
        rows = {"team": self.reach.teams, "service": self.reach.services, "worker": self.reach.workers}[kind]()
        return rows.values_list("pk", "name")

    def _give_out(self) -> None:
        self.fields[OWNER] = _listed(self.reach.people().values_list("pk", "name"))
        self.fields[OWNER].label = "Who is to do it? (optional)"
        self.fields[TEAM] = _listed(self.reach.teams().values_list("pk", "name"))
        self.fields[TEAM].label = "In which team? (optional)"

    def _open_by_answer(self) -> None:
        """Which answers open which fields, where the answer is a radio; others are always shown."""
        for each in self.asked:
            name, _, wanted = each.only_when.partition("=")
            if name in self.fields and isinstance(self.fields[name].widget, forms.RadioSelect):
                names = (each.id, each.id + TIME) if each.kind == "instant" else (each.id,)
                opened = self.reveals.setdefault(name, {})
                opened[wanted or "yes"] = (*opened.get(wanted or "yes", ()), *names)
        for each in self.asked:
            if each.kind in ("yes_no", "rag") and each.id not in self.reveals:
                self.govuk[each.id] |= {"classes": "govuk-radios--inline"}

    # --- drawing --------------------------------------------------------------------------------------
    def sections(self) -> list[dict[str, Any]]:
        """Headings with their fields, in order; what an answer opens stands inside that answer."""
        section = {each.id: each.section for each in self.asked}
        section |= {each.id + TIME: each.section for each in self.asked}
        parts: list[dict[str, Any]] = []
        bound: list[BoundField] = [self[name] for name in self.fields]
        for title, group in groupby(bound, key=lambda one: section.get(one.name, "")):
            parts.append({"title": title, "fields": [one for one in group if not one.is_revealed]})  # type: ignore[attr-defined]
        return [part for part in parts if part["fields"]]

    # --- reading --------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        raw = {each.id: self._raw(each, answers) for each in self.asked}
        as_asked = {**self.held, **{name: value for name, value in raw.items() if value not in (None, "")}}
        raw = {each.id: raw[each.id] if is_asked(each, _in_words(as_asked)) else None for each in self.asked}
        typed = clean_all(self.rule, {**self.held, **raw})
        for name, sentence in typed.troubles.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence)
        must = SUBJECT in self.fields and self.rule.subject_required
        if must and not answers.get(SUBJECT) and SUBJECT not in self.errors:
            self.add_error(SUBJECT, f"Say which {self.rule.subject} this is about.")
        self.raw = raw
        self.mine = {name: typed.values.get(name) for name in raw}  # as they will be kept
        return answers

    def _raw(self, each: FieldRule, answers: Mapping[str, Any]) -> Any:
        value = answers.get(each.id)
        if each.kind in TYPED:
            return value.pk if value is not None else None
        if isinstance(value, date):
            time = str(answers.get(each.id + TIME) or "").strip()
            if each.kind != "instant":
                return value.isoformat()
            return f"{value:%d/%m/%Y} {time.replace('.', ':') or '00:00'}"
        return value

    def about(self) -> About:
        """Whom or what the entry is about, as it was chosen."""
        chosen, kind = self.cleaned_data.get(SUBJECT), self.rule.subject
        if not chosen:
            return About()
        if kind in ("team", "service", "worker"):
            rows = {"team": self.reach.teams, "service": self.reach.services, "worker": self.reach.workers}[kind]()
            chosen = rows.get(pk=chosen)
        return About(**{COLUMN_OF.get(kind, kind): chosen})

    def given(self) -> dict[str, Any]:
        """The owner and the team that were chosen."""
        owner, team = self.cleaned_data.get(OWNER), self.cleaned_data.get(TEAM)
        return {
            "owner": self.reach.people().get(pk=owner) if owner else None,
            "team": self.reach.teams().get(pk=team) if team else None,
        }

    def kept_for_another(self) -> dict[str, Any]:
        """What was chosen, not what was written: it stands in the next form. Ids, never names."""
        kept: dict[str, Any] = {
            each.id: self.raw[each.id]
            for each in self.asked
            if self.raw[each.id] and each.kind not in ("text", "long_text", "evidence", "number", "money", "instant")
        }
        subject = self.cleaned_data.get(SUBJECT)
        more = {SUBJECT: getattr(subject, "pk", subject), OWNER: self.cleaned_data.get(OWNER)}
        more[TEAM] = self.cleaned_data.get(TEAM)
        return kept | {name: value for name, value in more.items() if value}


def row_of(kind: str, pk: Any, reach: Reach) -> Any:
    """The row behind an id, if the person may open it."""
    rows = {
        "child": reach.children, "family": reach.families, "setting": reach.settings, "provider": reach.settings,
    }.get(kind)  # fmt: skip
    if rows is not None:
        return rows().filter(pk=pk).first()
    return reach.any_entry(pk)


def _in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as ``only_when`` compares them."""
    return {name: ("yes" if value else "no") if isinstance(value, bool) else value for name, value in values.items()}


def _initial(each: FieldRule, value: Any) -> Any:
    if value in (None, ""):
        return None
    if each.kind == "yes_no":
        return "yes" if value else "no"
    if each.kind in ("date", "instant"):
        return date.fromisoformat(str(value)[:10])
    return f"{value:.2f}" if each.kind == "money" else value


def _looks(each: FieldRule) -> dict[str, Any]:
    if each.kind == "money":
        return {"prefix": {"text": "£"}, "classes": "govuk-input--width-10", "inputmode": "decimal"}
    if each.kind == "number":
        return {"classes": "govuk-input--width-5", "inputmode": "decimal", "spellcheck": False}
    if each.kind == "long_text":
        return {"rows": 4}
    return {"classes": "govuk-!-width-two-thirds"} if each.kind in TYPED else {}


def _text(each: FieldRule) -> forms.Field:
    return forms.CharField(required=False, help_text="" if each.hint else HINTS.get(each.kind, ""))


def _long_text(each: FieldRule) -> forms.Field:
    return forms.CharField(required=False, widget=forms.Textarea)


def _day(each: FieldRule) -> forms.Field:
    return DayField(required=False, help_text="" if each.hint else "For example, 27 3 2020")


def _several(each: FieldRule) -> forms.Field:
    choices = [(choice.id, choice.name) for choice in each.choices]
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _listed(rows: Iterable[tuple[Any, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[CHOOSE, *((str(pk), name) for pk, name in rows)], required=False)
