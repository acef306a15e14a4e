"""
Packs: rules as data. Read, check, layer and hash folders of TOML.

``book()`` gives the rules in force: ``standing``, then an event pack, then a local one; the later
layer wins, table by table and id by id. Every result stores ``Book.id`` and ``Book.hash``.
"""

from keepsight.core.packs.book import Book, book, event_folders, use_own
from keepsight.core.packs.conditions import Condition, compile_condition
from keepsight.core.packs.pack import Pack, read_pack
from keepsight.core.packs.trouble import PackError

__all__ = [
    "Book", "Condition", "Pack", "PackError", "book", "compile_condition", "event_folders", "read_pack", "use_own",
]  # fmt: skip
