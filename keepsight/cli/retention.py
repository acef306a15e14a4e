"""``keepsight retention``: whose time is over, what was destroyed, and what is tidied without a page."""

import json
from datetime import date
from typing import Any

import click

from keepsight.cli.rate import authorities
from keepsight.core.errors import BadInput

HEALTH = "health"


class NoSuchPerson(BadInput):
    """Nobody signs in with this address."""

    code = "no_such_person"


class NoSuchList(BadInput):
    """No list of records has this number."""

    code = "no_such_list"


@click.group(short_help="Say whose time is over, and what was destroyed.")
def command() -> None:
    """How long records are kept. Records of social care are destroyed on the pages only, never from here."""


@command.command()
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def preview(code: str | None, as_json: bool) -> None:
    """Count, by rule, the records that are past their time, soon will be, are on hold or open. Changes nothing."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.governance.queries.lists import counted_lists
    from keepsight.apps.governance.queries.retention import kept

    said = []
    for authority in authorities(code):
        counts = kept(authority, timezone.localdate()).group_by("rule", "phase").len().sort("rule", "phase").rows()
        listed = counted_lists(authority, timezone.localdate())
        counts += [(rule, phase, count) for (rule, phase), count in sorted(listed.items())]
        said.append({"authority": authority.code, "name": authority.name, "counts": counts})
    click.echo(json.dumps(said, indent=1) if as_json else "\n\n".join(_counted(each) for each in said))


def _counted(said: dict[str, Any]) -> str:
    lines = [f"{count:>8,}  {rule or 'no rule'}: {phase}" for rule, phase, count in said["counts"]]
    return "\n".join([said["name"], *(lines or ["  no records"])])


@command.command()
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with the rows of each table.")
def certificates(code: str | None, as_json: bool) -> None:
    """List what was destroyed or made anonymous, when, on whose approval."""
    from keepsight.cli import site

    site.start()
    from keepsight.apps.governance.models import Disposal

    done = Disposal.objects.filter(authority__in=authorities(code), state=Disposal.State.DESTROYED).order_by("pk")
    said = [
        {
            "list": each.pk, "authority": each.authority.code, "rule": each.rule, "action": each.action,
            "done_at": each.done_at.isoformat() if each.done_at else "", "pack": each.pack_id,
            "pack_hash": each.pack_hash, **each.certificate,
        }
        for each in done.select_related("authority")
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(said, indent=1))
    else:
        click.echo("\n".join(_certificate(each) for each in said) or "Nothing has been destroyed.")


def _certificate(said: dict[str, Any]) -> str:
    outcomes = ", ".join(f"{count:,} {words.replace('_', ' ')}" for words, count in said["outcomes"].items())
    return (
        f"List {said['list']}, {said['authority']}, {said['rule']}: {outcomes}. Proposed by {said['proposed_by']}, "
        f"approved by {said['decided_by']}, carried out {said['done_at'][:10]}. Digest {said['digest'][:16]}."
    )


@command.command()
@click.option("--authority", "code", required=True, help="Code of the authority.")
@click.option("--by", "email", required=True, help="The address with which you sign in.")
@click.option("--approve", "number", type=click.IntRange(1), help="Approve this list, which another person proposed.")
@click.option("--because", default="", help="With --approve: why, in a sentence.")
@click.option("--carry-out", "done", type=click.IntRange(1), help="Carry out this approved list.")
def health(code: str, email: str, number: int | None, because: str, done: int | None) -> None:
    """
    Remove health markers a year after their end: propose, --approve as another person, --carry-out.

    Exit code 12: not allowed, or not now.
    """
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.governance.actions import disposal

    authority, by = authorities(code)[0], _person(email)
    at, on = timezone.now(), timezone.localdate()
    if number:
        held = disposal.decide(_listed(authority, number), approved=True, sentence=because, by=by, at=at)
        click.echo(f"List {held.pk} is approved. Carry it out with --carry-out {held.pk}.")
    elif done:
        held = disposal.carry_out(_listed(authority, done), by=by, at=at, on=on)
        click.echo(f"List {held.pk} is carried out: {held.certificate['outcomes'].get('anonymised', 0):,} records.")
    else:
        held = disposal.propose(authority=authority, rule_id=HEALTH, by=by, at=at, on=on)
        click.echo(f"List {held.pk} is proposed. Another person approves it with --approve {held.pk}.")


def _person(email: str) -> Any:
    from keepsight.apps.accounts.models import User

    held = User.objects.filter(email=email.lower(), is_active=True).first()
    if held is None:
        raise NoSuchPerson("Nobody signs in with this address.")
    return held


def _listed(authority: Any, number: int) -> Any:
    from keepsight.apps.governance.models import Disposal

    held = Disposal.objects.filter(pk=number, authority=authority, rule=HEALTH).first()
    if held is None:
        raise NoSuchList(f"No list of health markers of {authority.name} has the number {number}.")
    return held


@command.command()
def tidy() -> None:
    """
    Delete subject-access bundles after thirty days, and files that were sent and not loaded after seven.

    Let a timer call it each night.
    """
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.governance.actions.subject_access import delete_old
    from keepsight.apps.intake.uploads import forget_old

    today: date = timezone.localdate()
    gone = delete_old(on=today, at=timezone.now())
    click.echo(f"{gone:,} {'bundle is' if gone == 1 else 'bundles are'} deleted.")
    sent = forget_old(timezone.now())
    click.echo(f"{sent:,} {'delivery' if sent == 1 else 'deliveries'} never loaded: taken away.")
