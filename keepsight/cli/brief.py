"""``keepsight brief``: take a snapshot of each authority and make the morning report."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click


@click.command(short_help="Take a snapshot and make the morning report.")
@click.option(
    "--authority", "codes", multiple=True, help="Code of an authority; may be given again. All, if not given."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for morning.html, .pdf and .xlsx."
)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the report; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the report's figures as JSON.")
def command(codes: tuple[str, ...], out: Path | None, on: datetime | None, as_json: bool) -> None:
    """
    Make one report of the authorities together and of each, from snapshots taken now.

    Exit code 12: there is nothing to report yet.
    """
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.briefing import actions
    from keepsight.cli.rate import authorities

    chosen = [authority for code in codes for authority in authorities(code)] if codes else authorities(None)
    with site.working("Taking the snapshots and making the report"):
        report = actions.make_report(chosen, on=on.date() if on else timezone.localdate(), at=timezone.now())
        files = _write(report, out) if out else []
    if as_json:
        click.echo(json.dumps(_told(report, files), indent=1))
    else:
        click.echo(_sentences(report, files))


def _write(report: Any, out: Path) -> list[str]:
    """Write the page, the PDF and the workbook, each beside its name first, so that none is ever half there."""
    from keepsight.apps.briefing.standalone import page
    from keepsight.core.briefing.document import from_json
    from keepsight.core.briefing.pdf import pdf
    from keepsight.core.briefing.workbook import workbook

    out.mkdir(parents=True, exist_ok=True)
    document, names = from_json(report.figures["document"]), []
    for name, content in (
        ("morning.html", page(document).encode()),
        ("morning.pdf", pdf(document)),
        ("morning.xlsx", workbook(document)),
    ):
        beside = out / f".{name}.part"
        beside.write_bytes(content)
        beside.replace(out / name)
        names.append(str(out / name))
    return names


def _told(report: Any, files: list[str]) -> dict[str, Any]:
    from keepsight.core.briefing.figures import FIGURES

    document = report.figures["document"]
    return {
        "report": report.pk,
        "authorities": report.authority_codes.split(","),
        "snapshots": document["origins"],
        "files": files,
        "figures": [dict(zip(FIGURES.names, row, strict=True)) for row in report.figures["figures"]],
    }


def _sentences(report: Any, files: list[str]) -> str:
    from keepsight.core.briefing.document import from_json

    document = from_json(report.figures["document"])
    lines = [f"Report {report.pk}: {document.title}, {document.subtitle}, {document.on}."]
    for section in document.sections:
        lines += [f"  {sentence}" for sentence in section.sentences]
    lines += [
        f"Snapshot {origin.snapshot} of {origin.name}: fingerprint {origin.digest[:16]}, rules {origin.pack_id}."
        for origin in document.origins
    ]
    return "\n".join([*lines, *(f"Wrote {name}" for name in files)])
