"""
A paper as a Word document, from a template that a council may edit in Word itself.

The template names what comes where in double braces (``{{ title }}``) and repeats rows and
paragraphs with ``{%tr …%}`` and ``{%p …%}``. ``paper.docx`` beside this file is the one that is used
where a council has none; ``write_template`` makes it.
"""

from io import BytesIO
from pathlib import Path

from keepsight.core.command.paper import Paper
from keepsight.core.errors import BadInput

TEMPLATE = Path(__file__).parent / "paper.docx"


class WrongTemplate(BadInput):
    """A council's template cannot be filled in."""

    code = "wrong_template"


def word(paper: Paper, template: Path = TEMPLATE) -> bytes:
    """
    Fill in a template.

    Raises
    ------
    WrongTemplate
        If the template is no Word document, or has a brace that Word or the maker does not understand.
    """
    import jinja2
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    try:
        document = DocxTemplate(template)
        # what a council wrote into its template runs as a template and as nothing else
        document.render(paper.as_json(), jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    except (jinja2.TemplateError, ValueError, KeyError, OSError) as trouble:
        raise WrongTemplate(
            f"The Word template {template.name} cannot be filled in: {type(trouble).__name__}. "
            "Put the one that came with Keepsight back, and change it in small steps."
        ) from trouble
    document.core_properties.title = f"{paper.title}, {paper.subtitle}"
    document.core_properties.author, document.core_properties.language = "Keepsight", "en-GB"
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def write_template(path: Path = TEMPLATE) -> None:
    """Write the template that comes with Keepsight."""
    from docx import Document
    from docx.shared import Pt, RGBColor

    made = Document()
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Arial", Pt(10.5)
    for style, size in (("Title", 24), ("Heading 1", 15), ("Heading 2", 11.5)):
        made.styles[style].font.name, made.styles[style].font.size = "Arial", Pt(size)
        made.styles[style].font.color.rgb = RGBColor(0x1D, 0x4F, 0x5C)
    made.sections[0].header.paragraphs[0].text = "{{ classification }}   {{ mark }}"
    made.sections[0].footer.paragraphs[0].text = "{{ title }}, {{ subtitle }}"
    made.add_heading("{{ title }}", 0)
    made.add_paragraph("{{ subtitle }}")
    for line in (
        "{%p if mark %}", "{{ mark }}: nothing here is live.", "{%p endif %}",
        "{%p for fact in facts %}", "{{ fact[0] }}: {{ fact[1] }}", "{%p endfor %}", "{%p for part in parts %}",
    ):  # fmt: skip
        made.add_paragraph(line)
    made.add_heading("{{ part.heading }}", 1)
    for line in ("{%p for line in part.lines %}", "{{ line }}", "{%p endfor %}", "{%p for grid in part.grids %}"):
        made.add_paragraph(line)
    made.add_heading("{{ grid.caption }}", 2)
    made.add_paragraph("{%p if grid.rows %}")
    table = made.add_table(rows=4, cols=3, style="Table Grid")
    cells = (
        ("{%tc for heading in grid.headings %}", "{{ heading }}", "{%tc endfor %}"),
        ("{%tr for row in grid.rows %}", "", ""),
        ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    repeat = table.rows[0]._tr.get_or_add_trPr()
    repeat.append(repeat.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tblHeader", {}))
    for line in ("{%p else %}", "None.", "{%p endif %}", "{%p endfor %}", "{%p endfor %}", "{%p if sources %}"):
        made.add_paragraph(line)
    made.add_heading("Where this comes from", 1)
    for line in ("{%p for source in sources %}", "{{ source[0] }}. {{ source[1] }}", "{%p endfor %}", "{%p endif %}"):
        made.add_paragraph(line)
    made.save(str(path))
