"""``keepsight audit``: anchor the log, check it, remove what is past its time, and the roles of the database."""

import json
import sys
from pathlib import Path

import click

BROKEN = 1  # exit code when the log does not fit
A_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(short_help="Anchor, check and prune the log of who looked.")
def command() -> None:
    """Work on the log of who did what and who looked."""
    from keepsight.cli import site

    site.start()


@command.command(short_help="Write the newest link to the database and to a file outside it.")
@click.option("--to", "folder", type=A_FOLDER, help="Folder of the file, if not KEEPSIGHT_ANCHORS.")
@click.option("--if-due", is_flag=True, help="Only once a day, or after many events.")
def anchor(folder: Path | None, if_due: bool) -> None:
    """Anchor the log. Copies of the file elsewhere make it harder still to change the log unseen."""
    from django.utils import timezone

    from keepsight.apps.audit import anchors
    from keepsight.apps.audit.models import Anchor

    if if_due and not anchors.anchor_if_due(at=timezone.now()):
        click.echo("The newest anchor is fresh enough.")
        return
    if not if_due:
        anchors.anchor(at=timezone.now(), folder=folder)
    made = Anchor.objects.order_by("-pk")[0]
    click.echo(f"Anchored at event {made.seq:,}: {made.link}\nWritten to {made.written_to}")


@command.command(short_help="Check every event and every anchor.")
@click.option("--anchors", "folders", type=A_FOLDER, multiple=True, help="Also a copy of the anchors kept here.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(folders: tuple[Path, ...], as_json: bool) -> None:
    """Check the whole log. Exit code 1: something does not fit, and the first such event is named."""
    from time import perf_counter

    from django.utils import timezone

    from keepsight.apps.audit.verifying import verify as check
    from keepsight.cli import site

    started = perf_counter()
    with site.working("Checking the log"):
        found = check(at=timezone.now(), folders=folders)
    seconds = perf_counter() - started
    if as_json:
        first = found.fault.seq if found.fault else None
        said = {"fits": found.fault is None, "events": found.events, "anchors": found.anchors, "first": first}
        click.echo(json.dumps({**said, "said": found.sentence, "notes": found.notes, "seconds": round(seconds, 3)}))
    else:
        for note in found.notes:
            click.echo(note, err=True)
        click.echo(found.sentence, err=found.fault is not None)
        click.echo(f"{found.events:,} events in {seconds:.1f} s.")
    if found.fault:
        sys.exit(BROKEN)


@command.command(short_help="Put up the guards of the database again.")
def guards() -> None:
    """Put up every trigger that keeps the log from being changed. For the owner of the tables."""
    from django.db import connection

    from keepsight.apps.audit import guards as held
    from keepsight.core.errors import NotAllowedNow

    if not held.owned(connection):
        raise NotAllowedNow("Only the owner of the tables can do this. Connect as the owner, not as the pages do.")
    gone = held.missing(connection)
    with held.lifted(connection):
        pass  # taken down, and put up whole
    click.echo(f"Put up again: {', '.join(gone)}. Now check the log." if gone else "All guards are in place.")


@command.command(short_help="Remove events past their time, with approval.")
@click.option("--approved-by", required=True, help="Who approved it: name and post.")
@click.option("--because", required=True, help="Why, and where the approval is kept.")
@click.option("--preview", is_flag=True, help="Only say how many events would go.")
def prune(approved_by: str, because: str, preview: bool) -> None:
    """
    Remove events older than the retention schedule says, but for those of restricted records.

    For the owner of the tables. The log still checks afterwards: sealed bridges stand in the place
    of what was removed, and the removal is an event. Exit code 12: not allowed now.
    """
    from django.utils import timezone

    from keepsight.apps.audit import pruning
    from keepsight.apps.people.models import Child
    from keepsight.core.terms import RecordClass

    at = timezone.now()
    kept = set(Child.objects.filter(record_class=RecordClass.RESTRICTED).values_list("pk", flat=True))
    before = pruning.cutoff(at)
    if preview:
        click.echo(f"{pruning.due(before, kept):,} events before {before:%d/%m/%Y} are past their time.")
        return
    gone = pruning.prune(at=at, approved_by=approved_by, because=because, keep=kept)
    click.echo(f"Removed {gone:,} events from before {before:%d/%m/%Y}. Approved by {approved_by}.")


@command.command("database-roles", short_help="PostgreSQL: a role for the pages that can only add to the log.")
@click.option("--role", default="keepsight_app", show_default=True, help="The role that the pages connect with.")
@click.option("--print", "only_print", is_flag=True, help="Only print the SQL.")
def database_roles(role: str, only_print: bool) -> None:
    """Make the role if it is not there, and grant what it needs. Run it as the owner after each migration."""
    from django.db import connection

    from keepsight.apps.audit import roles

    statements = roles.statements(connection, role)
    if only_print:
        click.echo("\n".join(f"{statement};" for statement in statements))
        return
    roles.grant(connection, role)
    click.echo(f"{role} may read and write the register, and only add to the log. Give it a password, and let the")
    click.echo("pages connect with it: KEEPSIGHT_DATABASE=postgres://" + role + ":…@…")
