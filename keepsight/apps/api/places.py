"""What a call may reach: the same registers and entries as the pages, live or inside one exercise."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.events.scope import exercise_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import Verb, register_seen_by, registers_visible_to
from keepsight.apps.registers.references import Reach, entry_visible_to
from keepsight.core.errors import NotPermitted

NOT_THIS = "You may read this entry, and your role does not do that with it. Its owner or a leader can."


@dataclass(frozen=True)
class Caller:
    """Who asks, when, and whether inside an exercise."""

    user: Any
    grants: Grants
    at: datetime
    exercise: Event | None = None

    @property
    def on(self) -> date:
        return timezone.localtime(self.at).date()

    def reach(self, register: Register) -> Reach:
        return Reach(self.grants, register.authority, self.on, self.exercise)

    def registers(self) -> list[Register]:
        """The registers that they may read; inside an exercise, those of its authority."""
        held = registers_visible_to(self.grants, exercise=self.exercise)
        return [each for each in held if self.exercise is None or each.authority_id == self.exercise.authority_id]

    def register(self, code: str, key: str, verb: Verb = "read") -> Register:
        """
        One register with which they may do that: one that is not in use is there to be read.

        Raises
        ------
        Http404
            Whether it is another's, not in use or not there.
        """
        found = register_seen_by(self.grants, code, key, verb, exercise=self.exercise)
        if found is None:
            raise Http404
        return found

    def entry(self, ref: UUID, verb: Verb = "read") -> Entry:
        """
        One entry, if they may do that with it.

        Raises
        ------
        Http404
            If they may not read it: as if it were not there.
        NotPermitted
            If they may read it, and not do this.
        """
        if found := self._entry(ref, verb):
            return found
        if verb != "read" and self._entry(ref):
            raise NotPermitted(NOT_THIS)
        raise Http404

    def can(self, entry: Entry) -> list[str]:
        """What they may do with an entry now."""
        return [verb for verb in ("change", "move", "assign") if self._entry(entry.ref, verb)]  # type: ignore[arg-type]

    def _entry(self, ref: UUID, verb: Verb = "read") -> Entry | None:
        return entry_visible_to(self.grants, ref, verb, exercise=self.exercise)


def caller_of(user: Any, grants: Grants, at: datetime, exercise: UUID | None) -> Caller:
    """
    Who asks, inside the exercise that the call names.

    Raises
    ------
    Http404
        Where no such exercise runs for them.
    """
    if exercise is None:
        return Caller(user, grants, at)
    found = exercise_of(grants, str(exercise))
    if found is None:
        raise Http404
    return Caller(user, grants, at, found)
