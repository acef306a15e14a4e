"""``keepsight keys``: the keys that seal a few fields, and sealing them anew with a new one."""

import click

from keepsight.core.errors import NotAllowedNow

BATCH = 200


@click.group(short_help="Keys of the sealed fields: make one, see which are in use, seal anew.")
def command() -> None:
    """
    Keys stand in KEEPSIGHT_FIELD_KEYS as id:key,id:key. The first seals, all open.

    To rotate: make a key with `new`, put it in front, restart, run `rotate`, and take the old one
    away when `in-use` no longer names it. Keep the keys apart from the database's backup.
    """


@command.command("new", short_help="Make a key.")
@click.argument("key_id", default="")
def new(key_id: str) -> None:
    """Print a key as KEY_ID:key. It is shown once and kept nowhere."""
    from datetime import date

    from keepsight.sealed import new_key

    click.echo(f"{key_id or f'k{date.today():%Y%m%d}'}:{new_key()}")  # noqa: DTZ011 – only a label


@command.command("in-use", short_help="How many texts each key seals.")
def in_use() -> None:
    """Count the sealed texts by table, column and key."""
    from keepsight.cli import site

    site.start()
    from keepsight.sealed import counted, ring

    known = ring()
    for (place, key_id), count in sorted(counted().items()):
        click.echo(f"{place:<45} {key_id:<12} {count:>8,}{'' if key_id in known else '   this key is missing'}")


@command.command("rotate", short_help="Seal everything with the first key.")
def rotate() -> None:
    """Seal every text anew that an older key seals. Can be stopped and run again."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.audit import actions as audit
    from keepsight.apps.audit.models import EventKind
    from keepsight.sealed import ring, seal_anew

    first = next(iter(ring()), None)
    if first is None:
        raise NotAllowedNow("KEEPSIGHT_FIELD_KEYS holds no key. Make one with: keepsight keys new")
    done = seal_anew(batch=BATCH)
    audit.record(EventKind.KEYS_ROTATED, at=timezone.now(), source="keepsight keys rotate", texts=done, key=first)
    click.echo(f"{done:,} {'text' if done == 1 else 'texts'} sealed anew with the key {first}.")
