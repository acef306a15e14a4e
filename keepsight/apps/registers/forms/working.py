"""What is asked while working with an entry: moving, giving out, commenting, linking, attaching, changing many."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from keepsight.apps.accounts.models import Team, User
from keepsight.apps.registers.forms.entry import CHOOSE, HINTS, EntryForm, Found
from keepsight.apps.registers.references import Reach

WHY = "why-moved"
KINDS_OF_LINK = (
    ("entry", "Another entry"), ("child", "A child"), ("family", "A family"), ("setting", "A school or setting"),
    ("team", "A team"), ("address", "A web address"),
)  # fmt: skip


class MoveForm(EntryForm):
    """A reason, and the fields that the next state needs."""

    def __init__(self, *args: Any, reason: bool, name: str, **more: Any):
        super().__init__(*args, **more)
        if reason:
            self.fields[WHY] = forms.CharField(
                label=f"Why does this move to {name}?", max_length=300, widget=forms.Textarea,
                error_messages={"required": f"Say why this moves to {name}"},
            )  # fmt: skip
            self.govuk[WHY] = {"rows": 3}
        for each in self.asked:
            self.fields[each.id].label = each.label

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        for each in self.asked:
            if self.raw.get(each.id) in (None, "", []) and each.id not in self.errors:
                self.add_error(each.id, f"Fill in: {each.label}.")
        return answers

    def why(self) -> str:
        return str(self.cleaned_data.get(WHY, ""))


class AssignForm(forms.Form):
    """To whom an entry is given."""

    owner = forms.ChoiceField(label="Who is to do it?", required=False)
    team = forms.ChoiceField(label="In which team? (optional)", required=False)

    def __init__(self, *args: Any, people: Iterable[User], teams: QuerySet[Team], **more: Any):
        super().__init__(*args, **more)
        self.people, self.teams = {str(each.pk): each for each in people}, {str(each.pk): each for each in teams}
        names = [(pk, each.name) for pk, each in self.people.items()]
        self.fields["owner"].choices = [("", "Nobody"), *names]  # type: ignore[attr-defined]
        named = [(pk, each.name) for pk, each in self.teams.items()]
        self.fields["team"].choices = [("", "As it is"), *named]  # type: ignore[attr-defined]

    def chosen_owner(self) -> User | None:
        return self.people.get(self.cleaned_data["owner"])

    def chosen_team(self) -> Team | None:
        return self.teams.get(self.cleaned_data["team"])

    def words(self) -> str:
        owner = self.chosen_owner()
        return owner.name if owner else "nobody"


class CommentForm(forms.Form):
    """What somebody says about an entry, and who is told."""

    text = forms.CharField(
        label="Comment", max_length=5000, widget=forms.Textarea,
        help_text="Write @ and a full name to tell somebody, like @Wren Sampleton. Whoever reads the entry reads this",
        error_messages={"required": "Write the comment"},
    )  # fmt: skip
    tell = forms.ChoiceField(label="Tell somebody about it (optional)", required=False)
    govuk = {"text": {"rows": 3}}  # noqa: RUF012

    def __init__(self, *args: Any, people: Iterable[User], **more: Any):
        super().__init__(*args, auto_id="comment_%s", **more)
        self.people = {str(each.pk): each for each in people}
        names = [(pk, each.name) for pk, each in self.people.items()]
        self.fields["tell"].choices = [("", "Nobody in particular"), *names]  # type: ignore[attr-defined]

    def told(self) -> list[User]:
        chosen = self.people.get(self.cleaned_data["tell"])
        return [chosen] if chosen else []


class LinkForm(forms.Form):
    """What an entry goes with."""

    kind = forms.ChoiceField(
        label="What does it go with?", choices=KINDS_OF_LINK, widget=forms.RadioSelect,
        error_messages={"required": "Choose what it goes with"},
    )  # fmt: skip
    entry = forms.CharField(label="Number of the entry", required=False)
    child = forms.CharField(label="Child", required=False)
    family = forms.CharField(label="Family", required=False)
    setting = forms.CharField(label="School or setting", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    address = forms.CharField(label="Web address", required=False, max_length=500, help_text="Begins with https://")
    how = forms.CharField(
        label="How do they go together? (optional)", required=False, max_length=120,
        help_text="For example: escalated to, evidence for",
    )  # fmt: skip
    reveals = {"kind": {kind: (kind,) for kind, _ in KINDS_OF_LINK}}  # noqa: RUF012

    def __init__(self, *args: Any, reach: Reach, **more: Any):
        super().__init__(*args, auto_id="link_%s", **more)
        for kind in ("entry", "child", "family", "setting"):
            self.fields[kind] = Found(kind, reach, label=self.fields[kind].label, required=False, help_text=HINTS[kind])
        teams = [(str(pk), name) for pk, name in reach.teams().values_list("pk", "name")]
        self.fields["team"].choices = [CHOOSE, *teams]  # type: ignore[attr-defined]
        self.reach = reach

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        kind = answers.get("kind")
        for name in [name for name in self.errors if name in dict(KINDS_OF_LINK) and name != kind]:
            del self.errors[name]  # typed beside another choice: not asked
        if kind and not answers.get(kind) and kind not in self.errors:
            self.add_error(kind, f"Say which: {self.fields[kind].label}.")
        return answers

    def target(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        value = self.cleaned_data[kind]
        if kind == "team":
            value = self.reach.teams().get(pk=value)
        return {"other" if kind == "entry" else kind: value}


class AttachForm(forms.Form):
    """A file for an entry."""

    file = forms.FileField(
        label="Attach a file", error_messages={"required": "Choose a file", "empty": "The file is empty"},
        help_text="PDF, Word, Excel, PowerPoint, OpenDocument, CSV, text, picture or e-mail",
    )  # fmt: skip


class TakeAwayForm(forms.Form):
    """Why a file or a link is taken away."""

    why = forms.CharField(
        label="Why is this file taken away?", max_length=300,
        help_text="The file is deleted. Its name, who attached it and this reason stay with the entry",
        error_messages={"required": "Say why the file is taken away"},
    )  # fmt: skip
