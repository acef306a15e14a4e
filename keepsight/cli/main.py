"""The ``keepsight`` command: one module a command, imported only when it is called."""

import importlib
import sys
from typing import NoReturn

import click

from keepsight.core.errors import BadInput, KeepsightError, NoAnswer, Refused

COMMANDS = {
    "example": "Invent the example authority and write its files, as councils' systems export them.",
    "load": "Load a folder of a council's files into the register.",
    "rate": "Rate every open child with the policy in force.",
    "due": "Plan contact and list who must be seen.",
    "brief": "Take a snapshot and make the morning report.",
    "tick": "Tell of what is due, write digests, send messages: every few minutes.",
    "undo": "Put the register back to what it was before a load.",
    "person": "Let somebody sign in, with a role; end a role or an account.",
    "people": "List who signs in, and what an access review looks at.",
    "retention": "Say whose time is over, and what was destroyed.",
    "registers": "Check definitions of registers, bring them into authorities, list them.",
    "serve": "Serve the pages.",
    "check": "Print the counts that the pages show.",
    "audit": "Anchor, check and prune the log of who looked.",
    "access": "Report what was opened in an emergency; close workers' own records.",
    "keys": "Keys of the sealed fields: make one, see which are in use, seal anew.",
    "doctor": "Say what this deployment still lacks.",
}
EXIT_CODES = ((BadInput, 11), (Refused, 12), (NoAnswer, 13), (KeepsightError, 10))


class Commands(click.Group):
    """Finds ``keepsight.cli.<name>.command`` when it is called for: start-up stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a morning."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the one command that is asked for."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"keepsight.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Keepsight keeps every child in sight when the normal system is disrupted."""


def main() -> None:
    """Run a command; an anticipated trouble is one sentence and an exit code, never a traceback."""
    try:
        cli(prog_name="keepsight")
    except KeepsightError as trouble:
        click.echo(f"keepsight: {trouble.sentence}", err=True)
        sys.exit(next(code for kind, code in EXIT_CODES if isinstance(trouble, kind)))
    except OSError as trouble:
        if not trouble.filename:
            _unexpected(trouble)
        click.echo(f"keepsight: {trouble.filename} cannot be read or written: {trouble.strerror}.", err=True)
        sys.exit(10)
    except Exception as trouble:
        _unexpected(trouble)


def _unexpected(trouble: Exception) -> NoReturn:
    """Say where and what kind: the words of an error may quote a child's row, as a database's do."""
    from keepsight.config.logs import WithoutPeople

    where = WithoutPeople().formatException((type(trouble), trouble, trouble.__traceback__))
    click.echo(f"keepsight: something went wrong that nobody expected.\n{where}", err=True)
    sys.exit(1)
