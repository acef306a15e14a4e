"""The component bridge: user text is escaped, forms draw themselves, dates read as people write them."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from keepsight.ui.forms import DayField
from keepsight.ui.templatetags import govuk


def drawn(source: str, **context) -> str:
    return Template(source).render(Context(context))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_user_text_never_becomes_markup(text):
    html = drawn('{% govuk "inset-text" text=words %}{% tag words %}', words=f"<script>{text}")
    assert "<script>" not in html


def test_a_double_underscore_nests():
    html = drawn('{% govuk "input" name="town" id="town" label__text="Town" %}')
    assert "Town" in html
    assert 'for="town"' in html


def test_a_block_goes_into_html():
    html = drawn('{% govukhtml "details" summaryText="More" %}<b>bold</b>{% endgovukhtml %}')
    assert "<b>bold</b>" in html


@pytest.mark.parametrize(
    ("level", "words", "colour"),
    [("red", "Red", "red"), ("amber", "Amber", "orange"), ("unrated", "Unrated", "grey"), ("", "Not computed", "grey")],
)
def test_a_level_is_told_in_words_and_colour(level, words, colour):
    html = govuk.level_tag(level)
    assert words in html
    assert f"govuk-tag--{colour}" in html


def test_days_moments_and_numbers():
    assert govuk.day(date(2020, 4, 3)) == "3 April 2020"
    assert govuk.day("2020-04-03") == "3 April 2020"
    assert govuk.short_day(date(2020, 12, 24)) == "24 Dec 2020"
    assert govuk.moment(datetime(2020, 4, 3, 15, 5, tzinfo=UTC)) == "3 April 2020 at 4:05pm", "British summer time"
    assert govuk.moment(datetime(2020, 1, 3, 0, 5, tzinfo=UTC)) == "3 January 2020 at 12:05am"
    assert (govuk.number(12345), govuk.number(None)) == ("12,345", "")
    assert (govuk.plural(1, "child,children"), govuk.plural(1200, "child,children")) == ("1 child", "1,200 children")
    assert govuk.day(None) == govuk.short_day(None) == govuk.moment(None) == ""


class Ask(forms.Form):
    name = forms.CharField(label="Name", help_text="In full")
    colour = forms.ChoiceField(label="Colour", choices=[("r", "Red"), ("b", "Blue")], widget=forms.RadioSelect)
    why_blue = forms.CharField(label="Why blue?", required=False)
    several = forms.MultipleChoiceField(label="Several", choices=[("1", "One")], widget=forms.CheckboxSelectMultiple)
    born = DayField(label="Born")
    secret = forms.CharField(widget=forms.HiddenInput, initial="s")
    reveals = {"colour": {"b": ("why_blue",)}}


def test_a_form_draws_each_field_as_its_component():
    html = str(Ask())
    for part in ("govuk-input", "govuk-radios", "govuk-checkboxes", "govuk-date-input", 'type="hidden"', "In full"):
        assert part in html, part
    assert html.count('name="why_blue"') == 1, "inside the answer that opens it, and nowhere else"
    assert html.index('value="b"') < html.index('name="why_blue"') < html.index('name="several"')


def test_wrong_answers_are_said_beside_the_field_and_listed_on_top():
    form = Ask({"born_day": "31", "born_month": "2", "born_year": "2020"})
    html = drawn("{% error_summary form %}{{ form }}", form=form)
    assert 'href="#id_name"' in html
    assert 'href="#id_colour"' in html
    assert "Enter a real date" in html
    assert 'value="31"' in html, "what was typed stays"
    assert "govuk-input--error" in html


@pytest.mark.parametrize(
    ("parts", "day"),
    [(("27", "3", "2020"), date(2020, 3, 27)), ((" 1 ", "04", "20"), date(2020, 4, 1))],
)
def test_a_day_in_three_boxes(parts, day):
    assert DayField().clean(list(parts)) == day


@pytest.mark.parametrize("parts", [("0", "1", "2020"), ("1", "13", "2020"), ("a", "b", "c"), ("1", "", "2020")])
def test_a_day_that_is_none(parts):
    with pytest.raises(forms.ValidationError):
        DayField().clean(list(parts))


def test_the_vendored_files_are_what_the_list_says():
    """Nobody edits a compiled file by hand; `make vendor` writes both."""
    import hashlib
    from pathlib import Path

    folder = Path(govuk.__file__).parents[1] / "static" / "ui"
    lines = [line.split() for line in (folder / "VENDORED.txt").read_text().splitlines()]
    listed = [line for line in lines if len(line) == 2 and line[1].endswith((".css", ".js"))]
    assert {name for _, name in listed} == {"govuk.css", "govuk.js"}
    for checksum, name in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum
    assert "transport" not in (folder / "govuk.css").read_text().lower(), "licensed for gov.uk domains only"
