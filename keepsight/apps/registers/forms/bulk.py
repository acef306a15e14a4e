"""What is to be done with many entries: moved, given to somebody, or one answer set."""

from collections.abc import Iterable
from typing import Any

from django import forms

from keepsight.apps.accounts.models import User
from keepsight.apps.registers.forms.entry import CHOOSE, EntryForm
from keepsight.apps.registers.models import Bulk
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule

NOT_AT_ONCE = ("child", "family", "computed")  # one child's answer is not given to many entries


class BulkForm(forms.Form):
    """Which of the three; a reason for moves, and the field whose answer is set (asked on the next page)."""

    kind = forms.ChoiceField(
        label="What do you want to do with them?", widget=forms.RadioSelect,
        error_messages={"required": "Choose what to do with them"},
    )  # fmt: skip
    to = forms.ChoiceField(label="Move them to", required=False)
    why = forms.CharField(label="Why? (some states ask for it)", required=False, max_length=300)
    owner = forms.ChoiceField(label="Give them to", required=False)
    field = forms.ChoiceField(label="Which answer?", required=False)
    reveals = {  # noqa: RUF012
        "kind": {Bulk.Kind.MOVE: ("to", "why"), Bulk.Kind.ASSIGN: ("owner",), Bulk.Kind.SET: ("field",)}
    }

    def __init__(
        self, *args: Any, rule: Rule, kinds: Iterable[str], people: Iterable[User], fields: Iterable[FieldRule],
        **more: Any,
    ):  # fmt: skip
        super().__init__(*args, **more)
        kinds = set(kinds)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Bulk.Kind.choices if value in kinds
        ]
        states = [(each.id, each.name) for each in rule.states]
        self.fields["to"].choices = [CHOOSE, *states]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "Nobody"), *((str(one.pk), one.name) for one in people)]  # type: ignore[attr-defined]
        settable = [(each.id, each.label) for each in fields if each.kind not in NOT_AT_ONCE and not each.retired]
        self.fields["field"].choices = [CHOOSE, *settable]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("kind") == Bulk.Kind.MOVE and not answers.get("to"):
            self.add_error("to", "Choose the state to move them to")
        if answers.get("kind") == Bulk.Kind.SET and not answers.get("field"):
            self.add_error("field", "Choose the answer to set")
        return answers

    def what(self) -> dict[str, Any]:
        """As the journal keeps it."""
        answers = self.cleaned_data
        if answers["kind"] == Bulk.Kind.MOVE:
            return {"to": answers["to"], "why": answers["why"]}
        return {"owner": int(answers["owner"]) if answers["owner"] else None}


class SetForm(EntryForm):
    """The one answer that many entries are to have."""

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        asked = {each.id for each in self.asked}
        for name in [name for name in self.errors if name not in asked]:
            del self.errors[name]  # other fields' troubles are each entry's own: the preview says them
        return answers
