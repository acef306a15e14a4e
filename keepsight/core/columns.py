"""Column contracts: what a frame must hold, said once, checked where frames change hands."""

from dataclasses import dataclass

import polars as pl

from keepsight.core.errors import BadInput


@dataclass(frozen=True)
class Column:
    """One column: its name, Polars type, unit in square brackets where it has one, and meaning."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str = ""
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class Contract:
    """The columns that a frame of this kind has, in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column names and types, as Polars takes them."""
        return {column.name: column.dtype for column in self.columns}

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pl.DataFrame:
        """A frame with these columns and no rows."""
        return pl.DataFrame(schema=self.schema)

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """
        Give back the frame with exactly these columns, or refuse.

        Raises
        ------
        BadInput
            If a column is missing or has another type. This is a programmer's mistake in one of
            the two rooms that share the contract, so it names the contract and the column.
        """
        held = frame.schema  # built anew each time it is asked for
        for column in self.columns:
            if column.name not in held:
                raise BadInput(f"The {self.name} frame has no column {column.name}.")
            if held[column.name] != column.dtype:
                raise BadInput(
                    f"Column {column.name} of the {self.name} frame is {held[column.name]}, "
                    f"but should be {column.dtype}."
                )
        return frame.select(self.names)
