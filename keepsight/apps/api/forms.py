"""What is asked before a token is made."""

from django import forms

MONTHS = (("1", "One month"), ("3", "Three months"), ("6", "Six months"), ("12", "One year"))


class TokenForm(forms.Form):
    """What a token is for, and how long it lasts."""

    name = forms.CharField(
        label="What is it for?", max_length=60, help_text="For example: weekly figures in the council’s warehouse",
        error_messages={"required": "Say what the token is for"},
    )  # fmt: skip
    months = forms.ChoiceField(
        label="How long is it needed?", choices=MONTHS, widget=forms.RadioSelect, initial="3",
        error_messages={"required": "Choose how long the token is needed"},
    )  # fmt: skip
    govuk = {"name": {"classes": "govuk-!-width-two-thirds"}}  # noqa: RUF012
