"""``keepsight doctor``: what this deployment still lacks before real children's records belong here."""

import sys

import click


@click.command(short_help="Say what this deployment still lacks.")
@click.option("--strict", is_flag=True, help="Fail for advice too.")
def command(strict: bool) -> None:
    """Exit code 0: nothing is lacking; 1: something is. It changes nothing."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.config.doctor import CHECKS, lacks

    found = lacks(timezone.localdate())
    for lack in found:
        click.echo(
            f"{'Advice' if lack.advice else 'Lacking'}  {lack.topic}: {lack.sentence}\n         {lack.what_to_do}"
        )
    grave = sum(not lack.advice for lack in found)
    click.echo(f"{len(CHECKS)} checks: {grave} lacking, {len(found) - grave} to consider.")
    if grave or (strict and found):
        sys.exit(1)
