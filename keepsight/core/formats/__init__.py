"""
Readers: a file as a council exports it → canonical frames and findings.

``read(path) -> Reading`` and ``read_folder(folder, progress=None) -> list[Reading]``. The kind is
recognised by headers and sheet names (``kinds.Kind``); frames and findings are those of
``frames.py``, keyed by the contract's name. Trouble with a whole file is a ``BadInput``; trouble
with a sheet, row or cell is a finding; nothing else is raised.
"""

from keepsight.core.formats.frames import FINDINGS, Reading
from keepsight.core.formats.kinds import CONTRACTS, FRAMES, Kind
from keepsight.core.formats.reading import list_files, read, read_folder

__all__ = ["CONTRACTS", "FINDINGS", "FRAMES", "Kind", "Reading", "list_files", "read", "read_folder"]
