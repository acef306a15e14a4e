"""The report's tables as a workbook: one sheet a section, numbers as numbers, definitions beside."""

from io import BytesIO
from typing import Any

from keepsight.core.briefing.document import Document, Section, Table
from keepsight.core.briefing.pdf import SHORT
from keepsight.core.spreadsheets import harmless

FORMATS = {"count": "#,##0", "percent": '0.0"%"', "change": '+0.0"%";−0.0"%";0.0"%"'}


def workbook(document: Document) -> bytes:
    """
    Write every table of the report into one workbook.

    Text is written as text: nothing that a list holds can become a formula or a link.
    """
    import xlsxwriter

    kept = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(kept, options) as book:
        book.set_properties({"title": f"{document.title}, {document.on}", "author": "Keepsight"})
        looks = {
            "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "head": book.add_format({"bold": True, "font_size": 14}),
            **{kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()},
        }
        _cover(book, document, looks)
        for section in document.sections:
            _sheet(book, section, document.footnotes, looks)
        _definitions(book, document, looks)
    return kept.getvalue()


def _cover(book: Any, document: Document, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, document.title, looks["head"])
    lines = [("For", document.subtitle), ("On", document.on), ("Made", document.made_at)]
    lines += [("Note", note) for note in document.notes]
    for origin in document.origins:
        lines.append(
            (
                f"Snapshot {origin.snapshot}",
                f"{origin.name}, taken {origin.taken_at}, as at {origin.as_at}, fingerprint {origin.digest[:SHORT]}, "
                f"rules {origin.pack_id} {origin.pack_hash[:SHORT]}",
            )
        )
    for row, (name, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, name, looks["bold"])
        sheet.write_string(row, 1, text, looks["wrap"])


def _sheet(book: Any, section: Section, notes: dict[str, int], looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(section.heading[:31])
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 8, 17)
    sheet.write_string(0, 0, section.heading, looks["head"])
    row = 1
    for sentence in section.sentences:
        sheet.write_string(row, 0, sentence)
        row += 1
    row += 1
    for tile in section.tiles:
        number = notes.get(tile.indicator)
        sheet.write_string(row, 0, f"{tile.label} [{number}]" if number else tile.label)
        _write(sheet, row, 1, tile.value, tile.kind, looks)
        sheet.write_string(row, 2, tile.detail)
        row += 1
    for table in section.tables:
        row = _table(sheet, table, row + 1, notes, looks)


def _table(sheet: Any, table: Table, row: int, notes: dict[str, int], looks: dict[str, Any]) -> int:
    """Write one table and give the row after it."""
    sheet.write_string(row, 0, table.caption, looks["bold"])
    for column, heading in enumerate(table.headings):
        number = notes.get(heading.indicator)
        sheet.write_string(row + 1, column, f"{heading.text} [{number}]" if number else heading.text, looks["bold"])
    for place, cells in enumerate(table.rows, start=row + 2):
        for column, (heading, value) in enumerate(zip(table.headings, cells, strict=True)):
            _write(sheet, place, column, value, heading.kind, looks)
    return row + 2 + len(table.rows)


def _write(sheet: Any, row: int, column: int, value: Any, kind: str, looks: dict[str, Any]) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, harmless(value))
    elif value is not None:
        sheet.write_number(row, column, value, looks.get(kind))


def _definitions(book: Any, document: Document, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("What each figure means")
    for column, width in enumerate((6, 14, 36, 90, 30, 40, 11)):
        sheet.set_column(column, column, width)
    for column, text in enumerate(("No.", "Id", "Figure", "Definition", "From", "Source", "Confidence")):
        sheet.write_string(0, column, text, looks["bold"])
    for row, d in enumerate(document.definitions, start=1):
        sheet.write_number(row, 0, d.number)
        for column, text in enumerate((d.indicator, d.name, d.definition, d.lists, d.source, d.confidence), start=1):
            sheet.write_string(row, column, text, looks["wrap"])
