"""Who works where: what an administrator is asked."""

from collections.abc import Sequence

from django import forms

from keepsight.apps.accounts.models import Authority


class SettingMemberForm(forms.Form):
    """A person who holds the role of a school or a provider, and the number of the place where they work."""

    authority = forms.ChoiceField(label="Authority")
    email = forms.EmailField(
        label="Email address of the person", max_length=254,
        help_text="The account and the role School or Provider must be there already",
        error_messages={"required": "Enter the email address", "invalid": "Enter an email address"},
    )  # fmt: skip
    number = forms.CharField(
        label="URN of the school, or of the placements", max_length=12,
        help_text="Six digits of a school; as the list of looked-after children writes it for a provider",
        error_messages={"required": "Enter the number"},
    )  # fmt: skip
    provider = forms.CharField(
        label="Name of the provider (only for the first person of a provider)", max_length=200, required=False
    )
    field_order = ("authority", "email", "number", "provider")
    govuk = {"number": {"classes": "govuk-input--width-10"}}

    def __init__(self, *args: object, authorities: Sequence[Authority], **more: object):
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.authorities = {str(one.pk): one for one in authorities}
        if len(authorities) == 1:
            del self.fields["authority"]
        else:
            self.fields["authority"].choices = [(str(one.pk), one.name) for one in authorities]

    def chosen(self) -> Authority:
        """The authority that was meant."""
        return self.authorities[self.cleaned_data.get("authority") or next(iter(self.authorities))]
