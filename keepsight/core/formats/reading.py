"""One file → one ``Reading``; one folder → all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from keepsight.core.errors import BadInput
from keepsight.core.formats.clean import Cleaned, clean, say_columns, say_doubles, say_repeated
from keepsight.core.formats.columns import Memory
from keepsight.core.formats.files import NotRecognised, container_of, sha256_of
from keepsight.core.formats.findings import Findings
from keepsight.core.formats.frames import Reading
from keepsight.core.formats.parquet import read_parquet
from keepsight.core.formats.sheets import RawSheet, Sheet, more_rows, under_headings
from keepsight.core.formats.text import read_text
from keepsight.core.formats.workbook import read_workbook

ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet")
"""Files in a folder with other endings are not lists and are passed over."""

Progress = Callable[[str, int, int], None]


def read(path: Path) -> Reading:
    """
    Read one file of any kind that Keepsight knows.

    Parameters
    ----------
    path : Path
        A .csv, .csv.gz, .xlsx or .parquet file. Its first bytes count, not its name.

    Returns
    -------
    Reading
        Canonical frames and findings; see ``Reading.accounts`` for the sum of rows of each sheet.

    Raises
    ------
    BadInput
        If the file as a whole cannot be used: damaged, locked, too large, or no list that
        Keepsight knows. The sentence names the file. Nothing else is raised.
    """
    path = Path(path)
    container = container_of(path)
    assembly = _Assembly(path)
    if container == "workbook":
        for raw in read_workbook(path):
            assembly.add([raw])
    elif container == "parquet":
        assembly.add(read_parquet(path))
    else:
        assembly.add(read_text(path, packed=container == "gzip"))
    return assembly.reading()


def read_folder(folder: Path, progress: Progress | None = None) -> list[Reading]:
    """
    Read every list below a folder, in the order of their paths.

    Parameters
    ----------
    folder : Path
        Files whose ending is none of ``ENDINGS``, hidden ones and Excel's own lock files are passed over.
    progress : callable, optional
        Called before each file with its name, how many are done, and how many there are.

    Raises
    ------
    BadInput
        For the first file that cannot be used as a whole, or if the folder holds no list.
    """
    paths = list_files(folder)
    if not paths:
        raise BadInput(f"{Path(folder).name} holds no list: no .csv, .xlsx or .parquet file.")
    readings = []
    for done, path in enumerate(paths):
        if progress:
            progress(path.name, done, len(paths))
        readings.append(read(path))
    return readings


def list_files(folder: Path) -> list[Path]:
    """Give the files below a folder that may be lists, in the order of their paths."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"{folder.name} is not a folder.")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name.lower().endswith(ENDINGS) and not path.name.startswith((".", "~$"))
    )


class _Assembly:
    """Puts the sheets of one file together, each freed when it is cleaned."""

    def __init__(self, path: Path):
        self.path, self.file = path, path.name
        self.memory = Memory()
        self.frames: dict[str, list[pl.DataFrame]] = {}
        self.findings = Findings(path.name)
        self.rows_in: dict[str, int] = {}
        self.unread: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self.lists: set[str] = set()

    def add(self, pieces: Iterator[RawSheet] | list[RawSheet]) -> None:
        """Clean a sheet that comes in one or several pieces."""
        first: Sheet | None = None
        replaced = False
        cleaned: list[Cleaned] = []
        for raw in pieces:
            sheet = under_headings(raw, self.path.name.split(".")[0]) if first is None else more_rows(first, raw)
            self.rows_in[raw.name] = self.rows_in.get(raw.name, 0) + sheet.rows_in
            replaced = replaced or raw.replaced
            if first is None:
                first = sheet
                self._say_first(sheet)
            if sheet.match is None:
                continue
            cleaned.append(clean(sheet, self.findings, self.memory))
        if replaced:
            self.findings.add("not_text", "")
        if first is not None and first.match is not None:
            self._keep(first, cleaned)

    def _say_first(self, sheet: Sheet) -> None:
        name = sheet.raw.name
        if sheet.raw.recoded:
            self.findings.add("encoding", name)
        if sheet.match is None:
            self.unread[name] = sheet.rows_in
            code = sheet.raw.unread or ("sheet_not_recognised" if sheet.header else "sheet_empty")
            self.findings.add(code, name, found=f"{sheet.rows_in} rows")
            return
        if sheet.rows_in == 0:
            self.findings.add("sheet_empty", name)
        if sheet.match.table.name in self.lists:
            self.findings.add("same_list_again", name)
        self.lists.add(sheet.match.table.name)
        say_columns(sheet, self.findings)

    def _keep(self, first: Sheet, cleaned: list[Cleaned]) -> None:
        assert first.match is not None
        table = first.match.table
        self.kinds[table.kind] = self.kinds.get(table.kind, 0) + 1
        self.frames.setdefault(table.frame, []).extend(one.frame for one in cleaned)
        say_doubles(first.raw.name, cleaned, self.findings)
        say_repeated(table, first.raw.name, [one.frame for one in cleaned], self.findings)

    def reading(self) -> Reading:
        """Give the reading, or refuse a file in which nothing was recognised."""
        if not self.kinds:
            sheets = ", ".join(name for name in self.rows_in if name)[:200]
            its = f"; its sheets are {sheets}." if sheets else "."
            raise NotRecognised(f"{self.file} holds no list that Keepsight knows{its}")
        frames = {name: pl.concat(parts) if len(parts) > 1 else parts[0] for name, parts in self.frames.items()}
        return Reading(
            kind=max(self.kinds, key=lambda kind: self.kinds[kind]),
            file=self.file,
            frames=frames,
            findings=self.findings.frame(),
            rows_in=self.rows_in,
            sha256=sha256_of(self.path),
            unread=self.unread,
        )
