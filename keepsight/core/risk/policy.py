"""The rating policy in force: the pack's rules, each condition compiled once."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from keepsight.core.packs import Book, PackError, compile_condition
from keepsight.core.packs.checks import placeholders
from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.kinds import FactDefinitions, FloorRule, PointsRule, PromptRule, Rating
from keepsight.core.people.facts import FACTS, WORDS

NOT_KNOWN = "not known"
_UNITS = {column.name: column.unit for column in FACTS.columns}


@dataclass(frozen=True)
class Sentence:
    """What a rule says when it holds: a template over ``facts``, and what it says if one is unknown."""

    template: str  # with {} for each fact, as Polars takes it
    facts: tuple[str, ...]
    unknown: str

    def numbers(self) -> list[pl.Expr]:
        """Give the facts as the sentence tells them: a share in per cent, a number as a number."""
        return [(pl.col(fact) * 100).round(0).cast(pl.Int64) if is_share(fact) else pl.col(fact) for fact in self.facts]

    def said(self) -> pl.Expr:
        """Give the sentence over columns that are named as the facts and hold ``numbers``."""
        words = [pl.col(fact).cast(pl.String) for fact in self.facts]
        if not self.unknown:
            return pl.format(self.template, *(word.fill_null(NOT_KNOWN) for word in words))
        return pl.format(self.template, *words).fill_null(self.unknown)


def is_share(fact: str) -> bool:
    """Whether a fact is a share between 0 and 1."""
    return _UNITS[fact] == "0–1"


@dataclass(frozen=True)
class Rule:
    """One rule, ready to run. A floor and a prompt have no points."""

    id: str
    when: str
    facts: tuple[str, ...]
    holds: pl.Expr
    points: int | None
    level: str  # of a floor: red, amber or up; else empty
    sentence: Sentence
    source: str
    confidence: str


@dataclass(frozen=True)
class Policy:
    """
    A rating policy, compiled.

    ``table`` is the pack's table as checked; ``pack_id`` and ``pack_hash`` go with every result.
    """

    pack_id: str
    pack_hash: str
    table: Rating
    points: tuple[Rule, ...]
    floors: tuple[Rule, ...]
    prompts: tuple[Rule, ...]
    protection_ignored: pl.Expr

    @property
    def weighed(self) -> tuple[Rule, ...]:
        """The rules with points, most first: the order in which reasons are told."""
        return tuple(sorted(self.points, key=lambda rule: -(rule.points or 0)))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule."""
        return (*self.floors, *self.points, *self.prompts)

    def review_days(self, *, level: str, service: str, mode: str) -> int:
        """
        Give the days after which a rating is looked at again (O2).

        The row that names most about the child counts; of two alike, the shorter.
        """
        fits = [
            (-sum(map(bool, (row.level, row.service, row.mode))), row.days)
            for row in self.table.review
            if row.level in ("", level) and row.service in ("", service) and row.mode in ("", mode)
        ]
        if not fits:
            raise PackError(f"rating.toml: no review row fits level {level}, service {service}, mode {mode}.")
        return min(fits)[1]


def policy(book: Book) -> Policy:
    """
    Compile the rating policy of the rules in force.

    Parameters
    ----------
    book : Book
        Its ``rating`` and ``facts`` tables are used.

    Returns
    -------
    Policy

    Raises
    ------
    PackError
        Naming file, rule and what is wrong, if a table cannot be used.
    """
    table = book.read("rating", Rating)
    windows = book.read("facts", FactDefinitions).windows
    return Policy(
        pack_id=book.id,
        pack_hash=book.hash,
        table=table,
        points=tuple(_rule(row, windows) for row in table.points),
        floors=tuple(_rule(row, windows) for row in table.floors),
        prompts=tuple(_rule(row, windows) for row in table.prompts if row.when),
        protection_ignored=compile_condition(
            table.protection.ignored_when, FACTS, where="rating.toml: protection: ignored_when", words=WORDS
        ).expr,
    )


def _rule(row: PointsRule | FloorRule | PromptRule, windows: Mapping[str, int]) -> Rule:
    where = f"rating.toml: {row.id}"
    condition = compile_condition(row.when, FACTS, where=where, words=WORDS)
    return Rule(
        id=row.id,
        when=row.when,
        facts=condition.facts,
        holds=condition.expr,
        points=row.points if isinstance(row, PointsRule) else None,
        level=row.level if isinstance(row, FloorRule) else "",
        sentence=_sentence(row.because, row.because_unknown, windows, where),
        source=row.source,
        confidence=row.confidence,
    )


def _sentence(because: str, unknown: str, windows: Mapping[str, int], where: str) -> Sentence:
    """Fill the windows in now, and leave a gap for each fact."""
    template, facts = "", []
    for text, name, _, _ in string.Formatter().parse(because):
        template += text
        if name is None:
            continue
        if name in windows:
            template += str(windows[name])
        elif name in _UNITS:
            template += "{} %" if is_share(name) else "{}"
            facts.append(name)
        else:
            known = nearest(name, [*_UNITS, *windows])
            raise PackError(f"{where}: because names no known fact or window: {{{name}}}.{known}")
    assert not placeholders(unknown), "The sentence for an unknown fact names none."
    return Sentence(template, tuple(facts), unknown)
