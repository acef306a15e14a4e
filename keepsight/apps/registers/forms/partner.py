"""What a school or provider is asked about itself."""

from typing import Any

from django import forms

from keepsight.apps.places.models import Setting
from keepsight.apps.registers.forms.entry import CHOOSE, EntryForm
from keepsight.apps.registers.partners import Asked
from keepsight.apps.registers.references import Reach

WHICH = "about-setting"
FROM_INSIDE = ("person", "team", "child", "family", "entry", "setting", "provider")  # they would list what is inside


class PartnerEntryForm(EntryForm):
    """The form's fields; which setting, where the person works at more than one."""

    def __init__(self, *args: Any, asked: Asked, reach: Reach, **more: Any):
        fields = [each for each in asked.fields() if each.kind not in FROM_INSIDE]
        super().__init__(*args, rule=asked.rule, reach=reach, fields=fields, **more)
        self.settings = {str(each.pk): each for each in asked.settings}
        if len(self.settings) > 1:
            named = [(pk, each.name) for pk, each in self.settings.items()]
            self.fields[WHICH] = forms.ChoiceField(
                label="Which setting is this about?", choices=[CHOOSE, *named],
                error_messages={"required": "Choose the setting that this is about"},
            )  # fmt: skip
            self.order_fields([WHICH])

    def setting(self) -> Setting:
        """The one setting, or the one that was chosen among one's own."""
        chosen = self.cleaned_data.get(WHICH) or next(iter(self.settings))
        return self.settings[chosen]
