"""
GOV.UK components in Django templates, and the few filters by which every page writes days and numbers.

``{% govuk "tag" text="Red" classes="govuk-tag--red" %}`` calls the macro of govuk-frontend-jinja; a
double underscore nests: ``label__text="Name"``. ``{% govukhtml "details" summaryText="More" %}…`` puts
its body into ``html``. Give people's text as ``text``, never as ``html``.

``{% quick "desk/rows.html" rows=rows %}`` draws a long list with a compiled Jinja template: about ten
times quicker than a Django loop, which is what keeps a page of fifty children under three milliseconds.
"""

import calendar
import functools
import json
from datetime import date, datetime
from typing import Any

import jinja2
from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from keepsight.core.terms import LABELS

register = template.Library()
MONTHS = tuple(calendar.month_name)[1:]
LEVEL_COLOURS = {"red": "red", "amber": "orange", "green": "green", "unrated": "grey"}
_REPEATED = frozenset({"tag", "generic-header", "service-navigation", "phase-banner", "skip-link", "back-link"})


@functools.cache
def _environment() -> jinja2.Environment:
    components = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    return jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=components)


@functools.cache
def _macro(name: str) -> Any:
    macro = "govuk" + "".join(part.capitalize() for part in name.split("-"))
    return getattr(_environment().get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module, macro)


@functools.lru_cache(maxsize=2048)
def _repeated(name: str, params: str) -> SafeString:
    return mark_safe(_macro(name)(json.loads(params)))  # noqa: S308 – the macros escape


def render(name: str, params: dict[str, Any]) -> SafeString:
    """Draw one component. Those that come back on every page, and carry nobody's data, are kept."""
    if name in _REPEATED:
        return _repeated(name, json.dumps(params, default=str))
    return mark_safe(_macro(name)(params))  # noqa: S308 – the macros escape


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for path, value in flat.items():
        *steps, last = path.split("__")
        inner = params
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return params


@register.simple_tag
def govuk(component: str, params: dict[str, Any] | None = None, **more: Any) -> SafeString:
    return render(component, {**(params or {}), **_nested(more)})


@register.simple_block_tag
def govukhtml(content: str, component: str, into: str = "html", **more: Any) -> SafeString:
    return render(component, _nested({**more, into: content}))


@register.simple_tag
def error_summary(form: Any) -> str:
    """The linked list of what is wrong, above the page's heading."""
    if form is None or not getattr(form, "errors", None):
        return ""
    items = []
    for name, errors in form.errors.items():
        href = "" if name == "__all__" else f"#{form[name].id_for_label or form[name].auto_id}"
        items += [{"text": str(error), "href": href} for error in errors]
    return render("error-summary", {"titleText": "There is a problem", "errorList": items})


@functools.cache
def _lists() -> jinja2.Environment:
    """Jinja templates of long lists: ``lists/`` beside each app's Django templates."""
    from django.apps import apps

    folders = [config.path + "/lists" for config in apps.get_app_configs() if config.name.startswith("keepsight.")]
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(folders),
        auto_reload=False,
    )
    environment.filters.update(day=day, short_day=short_day, number=number, plural=plural, label=label)
    environment.globals.update(level_tag=level_tag, tag=tag)
    return environment


@register.simple_tag
def quick(template_name: str, page: dict[str, Any] | None = None, **values: Any) -> SafeString:
    """Draw ``lists/<template_name>`` of an app from these values, or from a whole page's at once."""
    return mark_safe(_lists().get_template(template_name).render({**(page or {}), **values}))  # noqa: S308 – autoescape is on


@register.filter
def day(value: date | datetime | str | None) -> str:
    """3 April 2020."""
    value = _as_date(value)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else ""


@register.filter
def short_day(value: date | datetime | str | None) -> str:
    """3 Apr 2020: for tables."""
    value = _as_date(value)
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """3 April 2020 at 4:05pm."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    hour = local.hour % 12 or 12
    return f"{day(local)} at {hour}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"


def _as_date(value: date | datetime | str | None) -> date | None:
    if not value:
        return None
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value


@register.filter
def number(value: float | None) -> str:
    """12,345; nothing for nothing."""
    return "" if value is None else f"{value:,}"


@register.filter
def plural(count: int, words: str) -> str:
    """``{{ 3|plural:"child,children" }}`` gives “3 children”."""
    one, many = words.split(",")
    return f"{count:,} {one if count == 1 else many}"


@register.filter
def cell(value: Any) -> str:
    """One value of a table whose columns are of any kind."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return moment(value) if isinstance(value, datetime) else short_day(value) if isinstance(value, date) else str(value)


@register.filter
def label(code: str) -> str:
    """The words for a code of ``core.terms``."""
    return LABELS.get(code, str(code).replace("_", " ").capitalize())


@register.simple_tag
def level_tag(level: str) -> SafeString:
    """A level in words on its colour; never colour alone."""
    return tag(LABELS.get(level, level or "Not computed"), LEVEL_COLOURS.get(level, "grey"))


@register.simple_tag
@functools.lru_cache(maxsize=256)
def tag(text: str, colour: str = "") -> SafeString:
    return render("tag", {"text": text, "classes": f"govuk-tag--{colour}" if colour else ""})


@register.simple_tag
def back_link(text: str, name: str, *args: Any) -> SafeString:
    """Back to where one came from, as a landmark of its own."""
    link = render("back-link", {"text": text, "href": reverse(name, args=args)})
    return format_html('<nav aria-label="Back">{}</nav>', link)


_HERE = "<!-- own account -->"  # in the kept head, which is the same for everybody
_OWN_ACCOUNT = (
    '<div class="govuk-width-container ks-me">{}<a class="govuk-link govuk-link--inverse" href="{}">'
    '<span class="govuk-visually-hidden">My account: </span>{}</a></div>'
)


@register.simple_tag(takes_context=True)
def page_head(context: template.Context) -> SafeString:
    """Header, navigation and banners: the same for everybody with the same rights on the same page."""
    head = _page_head(context.get("nav", ()), context.get("nav_current", ""), context.get("banner", ""))
    name = context.get("user_name", "")
    unread = context.get("unread_notices")
    told = "" if unread is None else _notices(int(unread()))
    link = format_html(_OWN_ACCOUNT, told, reverse("accounts:account"), name) if name else ""
    return mark_safe(head.replace(_HERE, link))  # noqa: S308 – drawn by format_html


def _notices(unread: int) -> SafeString:
    """The way to one's notices, with how many are not read yet."""
    words = ' <strong class="ks-count">{}<span class="govuk-visually-hidden"> not read</span></strong>'
    count = format_html(words, unread)
    link = '<a class="govuk-link govuk-link--inverse ks-me__notices" href="{}">Notices{}</a>'
    return format_html(link, reverse("registers:notices"), count if unread else "")


@functools.lru_cache(maxsize=512)
def _page_head(nav: tuple[tuple[str, str], ...], current: str, banner: str) -> SafeString:
    items = [{"text": text, "href": href, "active": href == current} for text, href in nav]
    return mark_safe(render_to_string("ui/head.html", {"items": items, "banner": banner}))  # noqa: S308
