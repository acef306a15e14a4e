"""
Which rows of which tables are a child's: found by walking the keys that lead to the child.

A table that somebody adds tomorrow is found too, so that nothing of a destroyed record stays because
a list forgot it. What leads nowhere by key (values that loads changed, cells in findings) is looked
for by table and row, and by the child's own values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import CASCADE, Model, Q
from django.utils.crypto import salted_hmac

from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Change, Finding, Load, Loaded, LoadFile
from keepsight.apps.governance.models import LegalHold
from keepsight.apps.learning.models import Enrolment
from keepsight.apps.people.models import Address, Child, Family, Identifier
from keepsight.apps.registers.actions.destroying import held_by
from keepsight.apps.registers.models import Entry

BATCH = 200
UNLINKED = "Rolls that no longer name the child"
BLANKED = "Cells shown in findings of loads"
ROLL_ENDED = ~Q(left_on=None) | ~Q(not_in_file_since=None)
Rows = dict[type[Model], list[Any]]


@cache
def paths() -> tuple[tuple[type[Model], str], ...]:
    """Every table whose rows go with the child, and the look-up that leads from a row to the child."""
    found = [(Child, "pk"), *_below(Child, ""), (LegalHold, "child"), (Enrolment, "child")]
    return tuple(dict.fromkeys([*found, *_below(Enrolment, "child")]))


def _below(model: type[Model], path: str) -> Iterator[tuple[type[Model], str]]:
    for relation in model._meta.related_objects:
        if relation.on_delete is CASCADE and not relation.many_to_many:
            lookup = f"{relation.field.name}__{path}" if path else relation.field.name
            yield relation.related_model, lookup
            yield from _below(relation.related_model, lookup)


def rows_of(children: Sequence[int]) -> Rows:
    """Keys of the rows that go with these children. Of rolls only those that have ended: a roll is the school's."""
    held: Rows = {}
    for model, path in paths():
        chosen = model._base_manager.filter(**{f"{path}__in": children})
        if model is Enrolment:
            chosen = chosen.filter(ROLL_ENDED)
        elif path.endswith("enrolment__child"):
            lead = path.removesuffix("__child")
            ended = Enrolment.objects.filter(ROLL_ENDED, child__in=children).values("pk")
            chosen = model._base_manager.filter(**{f"{lead}__in": ended})
        held.setdefault(model, []).extend(chosen.values_list("pk", flat=True))
    held[Family] = list(families_left_empty(children))
    _of_registers(held, children)
    return {model: list(dict.fromkeys(keys)) for model, keys in held.items() if keys}


def _of_registers(held: Rows, children: Sequence[int]) -> None:
    """Entries about these children, or about a family that goes with them, with all that goes with an entry."""
    about = Entry.objects.filter(Q(child__in=children) | Q(family__in=held[Family]))
    for model, keys in held_by(list(about.values_list("pk", flat=True))).items():
        held.setdefault(model, []).extend(keys)


def families_left_empty(children: Sequence[int]) -> Iterable[int]:
    """Families of which nobody else is a member."""
    others = Family.objects.filter(members__in=_members_besides(children))
    theirs = Family.objects.filter(members__child__in=children)
    return theirs.exclude(pk__in=others.values("pk")).values_list("pk", flat=True).distinct()


def _members_besides(children: Sequence[int]) -> Any:
    members = Family._meta.get_field("members").related_model
    assert members is not None
    return members._base_manager.exclude(child__in=children).values("pk")  # type: ignore[union-attr]


def changes_of(held: Mapping[type[Model], Sequence[Any]], loads: Sequence[int]) -> Q:
    """What loads wrote down of these rows before they changed them: a condition on ``audit.Change``."""
    about = Q(pk__in=[])
    for model, keys in held.items():
        about |= Q(load__in=loads, table=model._meta.label, record_id__in=[k for k in keys if isinstance(k, int)])
    return about


def findings_of(
    children: Sequence[int], held: Mapping[type[Model], Sequence[Any]], loads: Sequence[int]
) -> Iterator[Q]:
    """Findings whose shown cell may be the child's: of the rows that the child's came from, and by value."""
    yield from by_place(held)
    values = sorted(_values(children))
    for start in range(0, len(values), BATCH):
        yield Q(load__in=loads, found__in=values[start : start + BATCH])


def by_place(held: Mapping[type[Model], Sequence[Any]]) -> Iterator[Q]:
    """Findings about the rows of files that these rows came from."""
    for model, keys in held.items():
        if issubclass(model, Loaded):
            yield from _by_place(model, keys)


def _by_place(model: type[Model], keys: Sequence[Any]) -> Iterator[Q]:
    places: dict[int, list[int]] = {}
    for start in range(0, len(keys), BATCH):
        some = model._base_manager.filter(pk__in=keys[start : start + BATCH], source__isnull=False)
        for source, row in some.values_list("source_id", "source_row"):
            places.setdefault(source, []).append(row)
    for file in LoadFile.objects.filter(pk__in=places):
        rows = places[file.pk]
        for start in range(0, len(rows), BATCH):
            yield Q(load=file.load_id, file=file.name, sheet=file.sheet, row__in=rows[start : start + BATCH])


def _values(children: Sequence[int]) -> set[str]:
    """What a cell would hold that is this child's: names, numbers, days of birth, addresses."""
    found: set[str] = set()
    for forename, surname, born in Child.objects.filter(pk__in=children).values_list(
        "forename", "surname", "date_of_birth"
    ):
        found |= {forename, surname, f"{forename} {surname}", f"{surname}, {forename}"}
        if born:
            found |= {born.isoformat(), f"{born:%d/%m/%Y}", f"{born} 00:00:00"}
    found |= set(Identifier.objects.filter(child__in=children).values_list("value", flat=True))
    for lines, postcode in Address.objects.filter(child__in=children).values_list("lines", "postcode"):
        found |= {lines, postcode, postcode.replace(" ", "")}
    short = {value.strip()[:width] for value in found for width in (60, 80)}
    return {each for value in short if value for each in (value, value.upper(), value.lower())}


def count(children: Sequence[int], authority: Authority) -> dict[str, int]:
    """How many rows of each table would go, in the words of the tables. Changes nothing."""
    counts: dict[str, int] = {}
    loads = loads_of(authority)
    for start in range(0, len(children), BATCH):
        some = children[start : start + BATCH]
        held = rows_of(some)
        add(counts, {words(model): len(keys) for model, keys in held.items()})
        add(counts, {UNLINKED: Enrolment.objects.filter(child__in=some).exclude(ROLL_ENDED).count()})
        add(counts, {words(Change): Change.objects.filter(changes_of(held, loads)).count()})
        shown: set[int] = set()
        for about in findings_of(some, held, loads):
            shown |= set(Finding.objects.filter(about).exclude(found="").values_list("pk", flat=True))
        add(counts, {BLANKED: len(shown)})
    return counts


def loads_of(authority: Authority) -> list[int]:
    """The authority's loads: the index of what they changed begins with them."""
    return list(Load.objects.filter(authority_code=authority.code).values_list("pk", flat=True))


def words(model: type[Model]) -> str:
    """What people call the rows of a table."""
    own = {
        "audit.Change": "Earlier values kept by loads", "people.Child": "Children", "learning.Enrolment": "Rolls",
        "governance.SubjectAccess": "Subject-access requests", "registers.EntryChange": "Lines of entries’ history",
        "registers.ImportRow": "Rows of imported lists", "registers.Attachment": "Files of entries",
        "registers.Link": "Links of entries", "registers.Comment": "Comments on entries",
        "registers.Entry": "Entries of registers", "registers.Comment_mentions": "Names mentioned in comments",
    }  # fmt: skip
    name = str(model._meta.verbose_name_plural)
    return own.get(model._meta.label, name[:1].upper() + name[1:])


def add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add to counts by table; tables of which nothing goes are not named."""
    for name, number in more.items():
        if number:
            counts[name] = counts.get(name, 0) + number


# --- who is who when nobody may be named --------------------------------------------------------------
def pseudonym(authority: Authority, child: int) -> str:
    """
    A reference for lists and certificates: the same for one child, and in no way the child's number.

    It is another one than in snapshots, so that a certificate does not lead to a row there.
    """
    value = salted_hmac("keepsight.retention", f"{authority.code}:{child}", secret=settings.PSEUDONYM_KEY)
    digest = value.hexdigest()[:12].upper()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8))
