"""Values of an entry: what was typed, imported or sent, read against the field's definition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from keepsight.core.errors import BadInput
from keepsight.core.packs.kinds.registers import FieldRule, Register

REFERENCES = frozenset({"person", "child", "family", "setting", "provider", "team", "entry"})  # kept as numbers of rows
LONGEST = {"text": 200, "long_text": 10_000}
_YES, _NO = {"yes", "y", "true", "1", "on"}, {"no", "n", "false", "0"}
_YEARS = frozenset(str(year) for year in range(1900, 2200))  # clocks count from a day, some years either way
_RAG = {"red": "red", "r": "red", "amber": "amber", "a": "amber", "green": "green", "g": "green"}


class WrongValue(BadInput):
    """What stands there is not what the field holds; the sentence says what would be right."""

    code = "wrong_value"


@dataclass
class Typed:
    """A whole form or row as understood: good ``values`` by field id, and ``troubles`` as sentences by field id."""

    values: dict[str, Any] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)


def clean_all(rule: Register, raw: Mapping[str, Any], *, needed: tuple[str, ...] | None = None) -> Typed:
    """
    Read every field of a definition.

    Parameters
    ----------
    rule : Register
        The definition.
    raw : mapping
        Field id → what was typed (text), or a value that is already of its kind.
    needed : tuple of str, optional
        Ids of the fields that must be filled; by default those marked ``required``.

    Returns
    -------
    Typed
        Fields that were left empty, and those that the other answers do not ask for (``only_when``), are
        in neither mapping unless they are needed. Computed and retired fields are never read.
    """
    must = {each.id for each in rule.fields if each.required} if needed is None else set(needed)
    typed = Typed()
    for each in rule.fields:
        if each.kind == "computed" or each.retired:
            continue
        try:
            value = clean(each, raw.get(each.id))
        except WrongValue as wrong:
            typed.troubles[each.id] = wrong.sentence
            continue
        if value is not None:
            typed.values[each.id] = value
    _drop_not_asked(rule, typed)
    for each in rule.fields:
        empty = each.id not in typed.values and each.id not in typed.troubles
        if empty and each.id in must and each.kind != "computed" and not each.retired and is_asked(each, typed.values):
            typed.troubles[each.id] = f"{each.label} is missing."
    return typed


def _drop_not_asked(rule: Register, typed: Typed) -> None:
    """Take away what was not asked for, given the other answers; and then what hung on that."""
    dropped = True
    while dropped:
        dropped = False
        for each in rule.fields:
            given = each.id in typed.values or each.id in typed.troubles
            if given and each.only_when.partition("=")[0] not in typed.troubles and not is_asked(each, typed.values):
                typed.values.pop(each.id, None)
                typed.troubles.pop(each.id, None)
                dropped = True


def is_asked(rule: FieldRule, values: Mapping[str, Any]) -> bool:
    """Whether a field is asked for at all, given the other answers (``only_when``)."""
    if not rule.only_when:
        return True
    name, _, wanted = rule.only_when.partition("=")
    held = values.get(name)
    if not wanted:
        return held is True or str(held).strip().lower() in _YES
    return wanted in held if isinstance(held, list | tuple) else str(held) == wanted


def clean(rule: FieldRule, raw: Any) -> Any:
    """
    Read one value.

    Returns
    -------
    str, float, int, bool, list of str or None
        As JSON keeps it: days and instants in ISO, choices by id. None where nothing was given.

    Raises
    ------
    WrongValue
        Naming the field and what would be right.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], ()):
        return None
    if isinstance(raw, str):
        raw = raw.strip()
    return _READERS.get(rule.kind, _text)(rule, raw)


def _text(rule: FieldRule, raw: Any) -> str:
    text, most = str(raw), rule.letters or LONGEST.get(rule.kind, 500)
    if len(text) > most:
        raise WrongValue(f"{rule.label} may have {most} characters at most, and has {len(text)}.")
    return text


def _choice(rule: FieldRule, raw: Any) -> str:
    for each in rule.choices:
        if str(raw) == each.id or str(raw).casefold() == each.name.casefold():
            return each.id
    names = ", ".join(each.name for each in rule.choices)
    raise WrongValue(f"{rule.label} must be one of {names}, and is “{str(raw)[:40]}”.")


def _several(rule: FieldRule, raw: Any) -> list[str]:
    parts = re.split(r"[;,]", raw) if isinstance(raw, str) else list(raw)
    chosen = [_choice(rule, str(part).strip()) for part in parts if str(part).strip()]
    return list(dict.fromkeys(chosen))


def _day(rule: FieldRule, raw: Any) -> str:
    found = _any_day(rule, raw)
    if found[:4] not in _YEARS:
        raise WrongValue(f"{rule.label} must be a day of a year from 1900 to 2199, and is “{str(raw)[:40]}”.")
    return found


def _any_day(rule: FieldRule, raw: Any) -> str:
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    text = str(raw)[:10] if re.match(r"\d{4}-\d\d-\d\d", str(raw)) else str(raw)
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            continue
    raise WrongValue(f"{rule.label} must be a real day, like 27/03/2020, and is “{str(raw)[:40]}”.")


def _instant(rule: FieldRule, raw: Any) -> str:
    found = _any_instant(rule, raw)
    if found[:4] not in _YEARS:
        raise WrongValue(f"{rule.label} must be in a year from 1900 to 2199, and is “{str(raw)[:40]}”.")
    return found


def _any_instant(rule: FieldRule, raw: Any) -> str:
    if isinstance(raw, datetime):
        return raw.isoformat()
    try:
        return datetime.fromisoformat(str(raw)).isoformat()
    except ValueError:
        pass
    for pattern in ("%d/%m/%Y %H:%M", "%d/%m/%y %H:%M"):
        try:
            return datetime.strptime(str(raw), pattern).isoformat()  # noqa: DTZ007 – local time, as typed
        except ValueError:
            continue
    raise WrongValue(f"{rule.label} must be a day and time, like 27/03/2020 14:30, and is “{str(raw)[:40]}”.")


def _number(rule: FieldRule, raw: Any) -> float | int:
    if isinstance(raw, bool):
        raise WrongValue(f"{rule.label} must be a number, and is yes or no.")
    try:
        value = float(str(raw).replace(",", "").replace("£", "").strip())
    except ValueError:
        raise WrongValue(f"{rule.label} must be a number, and is “{str(raw)[:40]}”.") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise WrongValue(f"{rule.label} must be a number, and is “{str(raw)[:40]}”.")
    if rule.least is not None and value < rule.least:
        raise WrongValue(f"{rule.label} must be {rule.least:g} or more, and is {value:g}.")
    if rule.most is not None and value > rule.most:
        raise WrongValue(f"{rule.label} must be {rule.most:g} or less, and is {value:g}.")
    if rule.kind == "money":
        return round(value, 2)
    return int(value) if value == int(value) else value


def _yes_no(rule: FieldRule, raw: Any) -> bool:
    word = str(raw).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise WrongValue(f"{rule.label} must be yes or no, and is “{str(raw)[:40]}”.")


def _rag(rule: FieldRule, raw: Any) -> str:
    found = _RAG.get(str(raw).casefold())
    if found is None:
        raise WrongValue(f"{rule.label} must be red, amber or green, and is “{str(raw)[:40]}”.")
    return found


def _reference(rule: FieldRule, raw: Any) -> int:
    try:
        return int(raw)
    except (TypeError, ValueError):
        raise WrongValue(f"{rule.label} is not known: “{str(raw)[:40]}”.") from None


def _evidence(rule: FieldRule, raw: Any) -> str:
    text = _text(rule, raw)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise WrongValue(f"{rule.label} must be a web address that begins with https://.") from None
    if parts.scheme and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise WrongValue(f"{rule.label} must be a web address that begins with https://, or the name of a document.")
    return text


_READERS = {
    "choice": _choice, "several": _several, "date": _day, "instant": _instant, "number": _number, "money": _number,
    "yes_no": _yes_no, "rag": _rag, "evidence": _evidence, **dict.fromkeys(REFERENCES, _reference),
}  # fmt: skip


def shown(rule: FieldRule, value: Any) -> str:
    """Give a value in words, as a list or a file shows it. References are named by who looks them up."""
    if value is None or value == "":
        return ""
    names = {each.id: each.name for each in rule.choices}
    if rule.kind == "choice":
        return names.get(value, str(value))
    if rule.kind == "several":
        return ", ".join(names.get(each, str(each)) for each in value)
    if rule.kind == "date":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if rule.kind == "instant":
        return f"{datetime.fromisoformat(value):%d/%m/%Y %H:%M}"
    if rule.kind == "yes_no" or isinstance(value, bool):
        return "Yes" if value else "No"
    if rule.kind == "money":
        return f"£{value:,.2f}"
    if rule.kind == "rag":
        return str(value).capitalize()
    return f"{value:g}" if isinstance(value, float) else str(value)
