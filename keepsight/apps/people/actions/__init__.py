"""What opens, closes and restricts records. Each verb is one transaction; the caller gives the clock."""

from keepsight.apps.people.actions.access import ask, end_access, grant, refuse
from keepsight.apps.people.actions.adoption import begin_after_adoption
from keepsight.apps.people.actions.reasons import SAFEGUARDING, break_glass, give_reason, read_notice, review_glass
from keepsight.apps.people.actions.relatives import (
    block_by_hand,
    block_declared,
    check_declaration,
    declare_nobody,
    declare_relative,
    end_declaration,
    free_block,
)
from keepsight.apps.people.actions.restrictions import end_restriction, keep_classes, keep_restriction, restrict

__all__ = [
    "SAFEGUARDING",
    "ask",
    "begin_after_adoption",
    "block_by_hand",
    "block_declared",
    "break_glass",
    "check_declaration",
    "declare_nobody",
    "declare_relative",
    "end_access",
    "end_declaration",
    "end_restriction",
    "free_block",
    "give_reason",
    "grant",
    "keep_classes",
    "keep_restriction",
    "read_notice",
    "refuse",
    "restrict",
    "review_glass",
]
