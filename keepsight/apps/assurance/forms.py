"""Forms of audits."""

from typing import Any

from django import forms

from keepsight.apps.accounts.models import User
from keepsight.apps.assurance.rounds import POPULATIONS, STRATA, words_of
from keepsight.core.packs.kinds import Questions
from keepsight.ui.forms import DayField


class AuditForm(forms.Form):
    """A new audit."""

    title = forms.CharField(label="What the audit is called", max_length=120)
    tool = forms.ChoiceField(label="Audit tool", widget=forms.RadioSelect)
    population = forms.ChoiceField(label="From which cases", choices=tuple(POPULATIONS.items()))
    strata = forms.MultipleChoiceField(
        label="Spread over", choices=tuple(STRATA.items()), widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Each group gets its part of the sample, and at least two where it has so many.",
    )  # fmt: skip
    size = forms.IntegerField(label="How many cases", min_value=1, max_value=2000)
    second = forms.IntegerField(
        label="Second opinions, in 100 cases", min_value=0, max_value=100, initial=10,
        help_text="Another auditor judges the case without seeing the first opinion.",
    )  # fmt: skip
    due_on = DayField(label="To be audited by")
    seed = forms.CharField(
        label="Seed", required=False, max_length=40,
        help_text="Leave empty for a random one. The same seed and cases draw the same sample.",
    )  # fmt: skip

    def __init__(self, *args: Any, tools: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["tool"].choices = tools  # type: ignore[attr-defined]


class AuditorsForm(forms.Form):
    """Who audits."""

    auditors = forms.MultipleChoiceField(label="Auditors", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: list[User], **more: Any):
        super().__init__(*args, **more)
        self.fields["auditors"].choices = [(str(each.pk), each.name) for each in people]  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Closing an audit."""

    although = forms.BooleanField(label="Close it although cases wait", required=False)


class ActionForm(forms.Form):
    """An action of a theme."""

    what = forms.CharField(label="What must be done", max_length=200)
    due_on = DayField(label="By when")
    owner = forms.ChoiceField(label="Who does it", required=False)

    def __init__(self, *args: Any, people: list[User], **more: Any):
        super().__init__(*args, **more)
        names = [(str(each.pk), each.name) for each in people]
        self.fields["owner"].choices = [("", "Nobody yet"), *names]  # type: ignore[attr-defined]


class JudgementForm(forms.Form):
    """The questions of an audit tool; nothing is required by the form, because a draft may leave them open."""

    def __init__(self, *args: Any, questions: Questions, **more: Any):
        super().__init__(*args, **more)
        for each in questions.questions:
            label = each.text if each.required else f"{each.text} (optional)"
            given: dict[str, Any] = {"label": label, "help_text": each.hint, "required": False}
            if each.kind == "text":
                self.fields[each.id] = forms.CharField(widget=forms.Textarea, max_length=4000, **given)
            else:
                self.fields[each.id] = forms.ChoiceField(
                    widget=forms.RadioSelect, choices=list(words_of(each).items()), **given
                )
