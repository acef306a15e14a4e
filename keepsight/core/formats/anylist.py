"""A file that holds one list under any headings, such as what is imported into a register."""

from collections.abc import Iterator
from pathlib import Path

from keepsight.core.formats.files import NotReadable, container_of
from keepsight.core.formats.sheets import RawSheet
from keepsight.core.formats.text import read_text
from keepsight.core.formats.workbook import read_workbook


def read_sheets(path: Path) -> Iterator[RawSheet]:
    """
    Give the sheets of a workbook, or the pieces of a text file, every cell as text.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read; the sentence says what to do. Nothing else is raised.
    """
    container = container_of(path)
    if container == "parquet":
        raise NotReadable(f"{path.name} is a Parquet file. Send the list as .xlsx or .csv.")
    if container == "workbook":
        yield from read_workbook(path)
    else:
        yield from read_text(path, packed=container == "gzip", known=False)
