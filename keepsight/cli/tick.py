"""``keepsight tick``: do everything whose time has come. Run every few minutes; twice does nothing twice."""

import importlib
import json

import click

STEPS = (  # in this order: what is told and chased is sent by the last
    "keepsight.apps.command.tasks:tick",
    "keepsight.apps.workforce.tasks:tick",
    "keepsight.apps.registers.unfinished:tick",
    "keepsight.apps.registers.tasks:tick",
)


@click.command(short_help="Tell of what is due, write digests, send messages.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(as_json: bool) -> None:
    """Tell of what became due, chase what is missing, take up what stopped, write digests and send what waits."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    at = timezone.now()
    done: dict[str, int] = {}
    for step in STEPS:
        module, _, function = step.partition(":")
        done.update(getattr(importlib.import_module(module), function)(at) or {})
    if as_json:
        click.echo(json.dumps(done))
    else:
        click.echo("\n".join(f"{count:>8,}  {name.replace('_', ' ')}" for name, count in done.items()))
