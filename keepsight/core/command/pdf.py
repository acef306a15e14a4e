"""A paper as a tagged PDF (PDF/UA-1). The maker refuses to write one that is not accessible."""

import json
from pathlib import Path

from keepsight.core import briefing
from keepsight.core.command.paper import Paper

HERE = Path(__file__).parent
FONTS = Path(briefing.__file__).parent / "fonts"


def pdf(paper: Paper) -> bytes:
    """Write the paper: title, language, headings and table headers are there for a screen reader."""
    import typst

    written: bytes = typst.compile(
        HERE / "paper.typ",
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper.as_json())},
        pdf_standards=["ua-1"],
    )
    return written
