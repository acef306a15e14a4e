"""
Every form looks like GOV.UK, sign-in included: the renderer draws each bound field with its component.

A form may say more about a field in ``govuk = {"field": {component parameters}}`` and which fields an
answer opens in ``reveals = {"outcome": {"seen": ("mode", "alone")}}``. Without JavaScript everything that
can be opened is simply open, and the form decides on the server what it needs.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe

from keepsight.core.errors import NotAllowedNow
from keepsight.ui.templatetags.govuk import render


class GovukBoundField(BoundField):
    """A field that draws itself as the component of its widget."""

    @property
    def is_revealed(self) -> bool:
        """Whether another field's answer opens this one, so that the form's list leaves it out."""
        opens = getattr(self.form, "reveals", {})
        return any(self.name in names for answers in opens.values() for names in answers.values())

    def as_field_group(self) -> SafeString:
        widget = self.field.widget
        if widget.is_hidden:
            return mark_safe(str(self))  # noqa: S308 – Django's own widget
        params = {**_common(self), **_of_widget(self), **getattr(self.form, "govuk", {}).get(self.name, {})}
        drawn = render(_component(widget), params)
        return _opened_by_style(drawn) if getattr(self.form, "reveals", {}).get(self.name) else drawn


class GovukRenderer(TemplatesSetting):
    """Makes ``{{ form }}`` a list of GOV.UK components."""

    form_template_name = "ui/form.html"
    bound_field_class = GovukBoundField


class DayInput(forms.MultiWidget):
    """Day, month and year in three boxes, as people write them on paper."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(dict.fromkeys(("day", "month", "year"), forms.TextInput), attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayField(forms.MultiValueField):
    """A day in three boxes. Says which part is wrong, and keeps what was typed."""

    widget = DayInput

    def __init__(self, **more: Any):
        parts = [forms.CharField(required=False) for _ in range(3)]
        super().__init__(parts, require_all_fields=False, **more)

    def compress(self, values: list[str]) -> Any:
        import datetime

        if not values or not any(values):
            return None
        try:
            day, month, year = (int(str(value).strip()) for value in values)
            return datetime.date(year if year > 99 else 2000 + year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError("Enter a real date, like 27 3 2020") from None


def _opened_by_style(radios: str) -> SafeString:
    """
    Leave the opening of conditional answers to the style sheet, which needs no script.

    GOV.UK's script would put ``aria-expanded`` on the radios, which no radio may carry (axe
    ``aria-allowed-attr``), and would show everything where there is no script.
    """
    without = re.sub(r' data-aria-controls="[^"]*"', "", radios)
    return mark_safe(without.replace(" govuk-radios__conditional--hidden", ""))  # noqa: S308 – a component


def _component(widget: forms.Widget) -> str:
    if isinstance(widget, DayInput):
        return "date-input"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.PasswordInput):
        return "password-input"
    if isinstance(widget, forms.ClearableFileInput):
        return "file-upload"
    return "input"


def _common(bound: BoundField) -> dict[str, Any]:
    params: dict[str, Any] = {"id": bound.auto_id, "name": bound.html_name}
    if bound.help_text and _component(bound.field.widget) != "checkboxes":
        params["hint"] = {"text": str(bound.help_text)}
    if bound.errors:
        params["errorMessage"] = {"text": " ".join(str(error) for error in bound.errors)}
    attributes = {k: v for k, v in bound.field.widget.attrs.items() if k in ("autocomplete", "inputmode", "maxlength")}
    if attributes:
        params["attributes"] = attributes
    return params


def _of_widget(bound: BoundField) -> dict[str, Any]:
    makers: dict[str, Callable[[BoundField], dict[str, Any]]] = {
        "date-input": _day, "checkboxes": _checkboxes, "radios": _radios, "select": _select, "file-upload": _file,
    }  # fmt: skip
    return makers.get(_component(bound.field.widget), _text)(bound)


def _text(bound: BoundField) -> dict[str, Any]:
    value = bound.value()
    kind = getattr(bound.field.widget, "input_type", "text")
    params = {"label": {"text": str(bound.label)}, "value": "" if value is None else str(value)}
    if kind == "password":
        params["value"] = ""
    elif kind in ("email", "tel", "search"):
        params["type"] = kind
    if autocomplete := bound.field.widget.attrs.get("autocomplete"):
        params["autocomplete"] = autocomplete
    if kind == "number":
        params["inputmode"] = "numeric"
    return params


def _file(bound: BoundField) -> dict[str, Any]:
    many = getattr(bound.field.widget, "allow_multiple_selected", False)
    return {"label": {"text": str(bound.label)}, "multiple": many}


def _legend(bound: BoundField) -> dict[str, Any]:
    return {"legend": {"text": str(bound.label), "classes": "govuk-fieldset__legend--s"}}


def _choices(bound: BoundField) -> list[tuple[str, str]]:
    return [(str(value), str(text)) for value, text in bound.field.choices]  # type: ignore[attr-defined]


def _radios(bound: BoundField) -> dict[str, Any]:
    opens = getattr(bound.form, "reveals", {}).get(bound.name, {})
    hints: Mapping[str, str] = getattr(bound.field, "hints", {})
    items: list[dict[str, Any]] = []
    for value, text in _choices(bound):
        item: dict[str, Any] = {"value": value, "text": text, "checked": str(bound.value()) == value}
        if value in hints:
            item["hint"] = {"text": hints[value]}
        if names := [name for name in opens.get(value, ()) if name in bound.form.fields]:
            inner = "".join(bound.form[name].as_field_group() for name in names)
            item["conditional"] = {"html": mark_safe(inner)}  # noqa: S308 – components
        items.append(item)
    return {"idPrefix": bound.auto_id, "fieldset": _legend(bound), "items": items}


def _checkboxes(bound: BoundField) -> dict[str, Any]:
    if isinstance(bound.field.widget, forms.CheckboxInput):
        item = {"value": "on", "text": str(bound.label), "checked": bool(bound.value())}
        if bound.help_text:
            item["hint"] = {"text": str(bound.help_text)}
        return {"idPrefix": bound.auto_id, "items": [item]}
    chosen = {str(value) for value in bound.value() or ()}
    items = [{"value": value, "text": text, "checked": value in chosen} for value, text in _choices(bound)]
    params = {"idPrefix": bound.auto_id, "fieldset": _legend(bound), "items": items}
    if bound.help_text:
        params["hint"] = {"text": str(bound.help_text)}
    return params


def _select(bound: BoundField) -> dict[str, Any]:
    items = [{"value": v, "text": t, "selected": str(bound.value() or "") == v} for v, t in _choices(bound)]
    return {"label": {"text": str(bound.label)}, "items": items}


def _day(bound: BoundField) -> dict[str, Any]:
    value = bound.value()
    parts = value if isinstance(value, list | tuple) else DayInput().decompress(value)
    wrong = " govuk-input--error" if bound.errors else ""
    items = [
        {"name": f"{bound.html_name}_{part}", "id": f"{bound.auto_id}_{number}", "label": part.capitalize(),
         "classes": f"govuk-input--width-{width}{wrong}", "value": "" if given is None else str(given)}
        for number, (part, width, given) in enumerate(zip(("day", "month", "year"), (2, 2, 4), parts, strict=True))
    ]  # fmt: skip
    return {"id": bound.auto_id, "fieldset": {**_legend(bound), "role": "group"}, "items": items}


def submit(form: forms.Form, action: Callable[..., Any], *, beside: str | None = None, **answers: Any) -> bool:
    """
    Do the action; put a "not now" beside its field, so that nothing typed is lost.

    A refusal may name its field; the form's ``asks`` says under which name it asked for that.
    """
    try:
        action(**answers)
    except NotAllowedNow as refused:
        named = getattr(refused, "field", "")
        field = getattr(form, "asks", {}).get(named, named)
        form.add_error(field if field in form.fields else beside, refused.sentence)
        return False
    return True
