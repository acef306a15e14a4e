"""Forms of newsletters."""

from typing import Any

from django import forms

from keepsight.apps.accounts.models import Authority
from keepsight.apps.registers.models import Entry


class NewsForm(forms.Form):
    """A new newsletter."""

    authority = forms.ChoiceField(label="Authority")
    title = forms.CharField(label="What it is called", max_length=120)
    words = forms.CharField(label="What it is about, and for whom", max_length=300, widget=forms.Textarea)

    def __init__(self, *args: Any, authorities: list[Authority], **more: Any):
        super().__init__(*args, **more)
        self.fields["authority"].choices = [(str(each.pk), each.name) for each in authorities]  # type: ignore[attr-defined]
        if len(authorities) == 1:
            self.fields["authority"].widget = forms.HiddenInput()
            self.fields["authority"].initial = str(authorities[0].pk)


class SubscribersForm(forms.Form):
    """Subscribers to add."""

    lines = forms.CharField(
        label="Add subscribers", widget=forms.Textarea, max_length=200_000,
        help_text="One a line: e-mail address, then a name and an organisation if you like, parted by commas.",
    )  # fmt: skip


class SendForm(forms.Form):
    """An issue to send."""

    entry = forms.ChoiceField(label="Issue", widget=forms.RadioSelect)

    def __init__(self, *args: Any, entries: list[Entry], **more: Any):
        super().__init__(*args, **more)
        self.fields["entry"].choices = [(str(each.ref), each.title) for each in entries]  # type: ignore[attr-defined]
