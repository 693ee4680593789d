"""The command `dtnexus`: a list of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
import sys

import click
import typer
from typer.core import TyperGroup

from dtnexus import __version__
from dtnexus.cli.exits import USAGE
from dtnexus.errors import DtnexusError

COMMANDS = {
    "assess": "The whole way: read, code, decide, report.",
    "convert": "Read any supported format and write transcripts.jsonl.",
    "signals": "Measure the per-turn signals and write a table.",
    "code": "Rate transcripts on the criteria and write ratings.jsonl.",
    "decide": "Decide levels and risks from transcripts and ratings.",
    "report": "Write the HTML report and the tables of assessments.",
    "explain": "Show why a level or a rating came out as it did.",
    "framework": "Show, check and compare framework files.",
    "demo": "Assess the shipped synthetic conversations.",
    "doctor": "Check that this installation can do its work.",
}
"""Command -> its one-line help; a test holds it against the commands themselves."""


class _Late(TyperGroup):
    """A group whose commands are imported when they are needed, so that --help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if "--help" in sys.argv[1:2] or len(sys.argv) == 1:
            return click.Command(cmd_name, help=COMMANDS[cmd_name])
        return load(cmd_name)


def load(name: str) -> click.Command:
    """The command of this name, ready to run."""
    app: typer.Typer = importlib.import_module(f"dtnexus.cli.{name}_command").app
    command = typer.main.get_command(app)
    command.name = name
    return command


app = typer.Typer(
    cls=_Late,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dtnexus {__version__}")
        raise typer.Exit


@app.callback()
def dtnexus(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Code conversations between people and digital agents; decide levels and risks; prove it with quotes.

    Everything runs on this machine. Nothing is sent anywhere.

    Exit codes: 0 fine, 1 a --fail-on finding, 2 usage, 3 some inputs failed (the others are done).
    """


def main() -> None:
    """Run the command line; expected errors become one clear message and exit code 2."""
    try:
        app()
    except DtnexusError as error:
        typer.echo(f"dtnexus: {error}", err=True)
        sys.exit(USAGE)
