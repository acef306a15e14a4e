"""The small form on each card of a board."""

from django import forms


class MoveOnBoard(forms.Form):
    """Which entry, as it was seen, moves where, and why."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.CharField(max_length=40)
    why = forms.CharField(max_length=300, required=False)
