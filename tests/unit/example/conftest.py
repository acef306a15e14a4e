"""Two councils at a tenth of their size, written once for all tests of this room."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest

from keepsight.core import formats
from keepsight.example import write

AS_AT = date(2026, 6, 10)


@dataclass(frozen=True)
class Written:
    folder: Path
    said: dict[str, Any]

    def csv(self, code: str, name: str) -> pl.DataFrame:
        """One file as it stands there: all text, blanks as null."""
        encoding = "windows-1252" if name == "schools.csv" else "utf8"
        nulls = ["", "NULL"] if name.startswith("ssd_") else [""]
        path = self.folder / code / name
        return pl.read_csv(path, infer_schema=False, null_values=nulls, encoding=encoding)

    def sheets(self, code: str) -> dict[str, pl.DataFrame]:
        """The Annex A workbook as it stands there, all text."""
        book = fastexcel.read_excel(str(self.folder / code / "annex_a.xlsx"))
        return {name: book.load_sheet(name, dtypes="string").to_polars() for name in book.sheet_names}

    def read(self, code: str, name: str) -> dict[str, pl.DataFrame]:
        """One file through the reader."""
        return formats.read(self.folder / code / name).frames

    def attendance(self, code: str) -> pl.DataFrame:
        files = sorted((self.folder / code / "attendance").glob("*.csv"))
        return pl.concat(formats.read(path).frames["attendance"] for path in files)


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Written:
    folder = tmp_path_factory.mktemp("example")
    return Written(folder, write(folder, as_at=AS_AT, scale=0.1))


@pytest.fixture(params=["fellshire", "fenborough"])
def code(request) -> str:
    return request.param
