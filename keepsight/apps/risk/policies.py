"""Whether a level may be set now. Pure: everything is handed in; refusals say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keepsight.core.errors import NotAllowedNow
from keepsight.core.terms import LABELS, ContactMode, Level

GRAVITY = {Level.GREEN: 0, Level.AMBER: 1, Level.RED: 2}


class ReasonNeeded(NotAllowedNow):
    """The level differs from the computed one and nobody said why."""

    code = "reason_needed"


class NothingToApprove(NotAllowedNow):
    """The level does not wait for a manager."""

    code = "nothing_to_approve"


class NotRated(NotAllowedNow):
    """The policy has not computed a level for this child."""

    code = "not_rated"


@dataclass(frozen=True)
class Overriding:
    """What the pack asks of a level that differs from the computed one."""

    reason_at_least: int  # characters
    manager_to_lower_from: frozenset[str]
    reasons: dict[str, str]  # code → words

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "Overriding":
        """Read ``override`` of the ``rating`` table."""
        override = table["override"]
        return cls(
            override["reason_at_least"],
            frozenset(override["manager_to_lower_from"]),
            {entry["id"]: entry["title"] for entry in override["reasons"]},
        )


def check_reason(level: str, computed: str, *, reason_code: str, reason: str, rules: Overriding) -> None:
    """
    Refuse a level that differs from the computed one without a reason code and a reason.

    Raises
    ------
    ReasonNeeded
        Naming what is missing.
    """
    if level == computed:
        return
    if reason_code not in rules.reasons:
        raise ReasonNeeded(
            f"The computed level is {LABELS[Level(computed)]}. Choose the kind of reason why yours is another."
        )
    if len(reason.strip()) < rules.reason_at_least:
        raise ReasonNeeded(
            f"The computed level is {LABELS[Level(computed)]}. Say why yours is another, "
            f"in {rules.reason_at_least} characters or more."
        )


def needs_manager(level: str, *, in_force: str, computed: str, rules: Overriding) -> bool:
    """
    Tell whether a manager must approve: going down from Red does, raising never.

    Down from Red is down from the level in force, or down from what the facts say: a child whom
    the policy computes as Red is not worked as less without a manager.
    """
    wanted = GRAVITY[Level(level)]
    above = [held for held in (in_force, computed) if held in rules.manager_to_lower_from]
    return any(wanted < GRAVITY[Level(held)] for held in above)


def review_days(level: str, service: str, mode: ContactMode, reviews: list[dict[str, Any]]) -> int:
    """
    Give the days after which a level is looked at again (O2).

    Of the rows that fit, the one that names most about the child counts.
    """
    asked = {"level": level, "service": service, "mode": str(mode)}
    fitting = [row for row in reviews if all(row.get(key, "") in ("", value) for key, value in asked.items())]
    nearest = max(fitting, key=lambda row: sum(bool(row.get(key)) for key in asked))
    return int(nearest["days"])


def check_waits(approval: str, *, is_current: bool) -> None:
    """Refuse to answer a level that does not wait: it was answered, or another was set since."""
    if approval != "waiting" or not is_current:
        raise NothingToApprove("This level no longer waits for a manager. Open the child to see what is in force.")
