"""The one error of packs."""

from keepsight.core.errors import BadInput


class PackError(BadInput):
    """A pack cannot be used; the sentence names file, table and key."""

    code = "pack"
