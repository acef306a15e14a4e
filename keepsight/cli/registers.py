"""``keepsight registers``: check a folder of definitions, bring them into authorities, list what is there."""

from pathlib import Path

import click


@click.group(short_help="Check, install and list registers.")
def command() -> None:
    """Registers are defined in packs: one TOML file each, in the folder ``registers`` of a pack."""


@command.command(short_help="Check a folder of definitions.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """
    Read every definition of a pack, laid over the standing one, and say everything that is wrong.

    Exit code 11: something is wrong.
    """
    from keepsight.core.packs import PackError
    from keepsight.core.registers.together import check_folder

    names, troubles = check_folder(folder)
    for sentence in troubles:
        click.echo(sentence, err=True)
    if troubles:
        count = len(troubles)
        raise PackError(f"{count} {'thing is' if count == 1 else 'things are'} wrong in {folder.name}.")
    click.echo(f"{len(names)} {'register is' if len(names) == 1 else 'registers are'} right: {', '.join(names)}.")


@command.command(short_help="Bring the packs' registers into authorities.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
def install(code: str | None) -> None:
    """Install what the packs in force hold. A register that was edited in an authority stays as it is there."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.registers.actions import install as bring
    from keepsight.cli.rate import authorities

    for authority in authorities(code):
        made = bring(authority, at=timezone.now())
        click.echo(f"{authority.name}: {', '.join(made) if made else 'nothing new'}.")


@command.command("list", short_help="List the registers of authorities.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
def list_(code: str | None) -> None:
    """Print one line a register: authority, id, name, version, on or off."""
    from keepsight.cli import site

    site.start()
    from keepsight.apps.registers.definitions import installed
    from keepsight.cli.rate import authorities

    for authority in authorities(code):
        for row in installed(authority):
            click.echo("\t".join((authority.code, *row)))
