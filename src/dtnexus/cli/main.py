"""The command `dtnexus`: a list of commands, each imported only when it is called."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

import typer

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
    "studio": "Open the web pages where people code, agree and adjudicate.",
    "agree": "Say how well coders agree, or plan how many units a study needs.",
    "admit": "Decide from ratings where a machine may be a second rater.",
    "ratings": "Bring ratings in; write projects, tables and archives.",
    "explain": "Show why a level or a rating came out as it did.",
    "framework": "Show, check and compare framework files.",
    "probe": "Show, check, export and play the probes for live agents.",
    "gate": "Check a finished run against the rules of a policy.",
    "compare": "Set two runs side by side in one page.",
    "validate": "Measure a coder on labelled sets and print a table.",
    "demo": "Assess the shipped synthetic conversations.",
    "doctor": "Check that this installation can do its work.",
}
"""Command -> its one-line help; a test holds it against the commands themselves."""
_OF_SEVERAL_PROCESSES = ("assess", "code", "demo")
"""Commands that share their work among processes; each of these needs one thread."""
_GARBAGE_AT = 20_000
"""New objects after which Python looks for cycles: loading the program makes many objects and hardly a cycle."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dtnexus {__version__}")
        raise typer.Exit


def dtnexus(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Code conversations between people and digital agents; decide levels and risks; prove it with quotes.

    Everything runs on this machine. Nothing is sent anywhere but to a judge or an agent that you name and agree to.

    Exit codes: 0 fine, 1 a --fail-on finding, a floor of `validate` not reached or a rule of `gate` failed, 2 usage,
    3 some inputs failed (the others are done), 4 `gate` is undecided.
    """


def _not_loaded() -> None:
    """Stands for a command that was not called."""


def build(wanted: Sequence[str]) -> typer.Typer:
    """The command line, with the wanted commands loaded and the others known by name only.

    A module of a command has either `app` (a group of commands) or `command`, and `EPILOG`.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        callback=dtnexus,
    )
    for name, told in COMMANDS.items():
        if name not in wanted:
            app.command(name, help=told)(_not_loaded)
            continue
        module = importlib.import_module(f"dtnexus.cli.{name}_command")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name, epilog=module.EPILOG)(module.command)
    return app


def main() -> None:
    """Run the command line; expected errors become one clear message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    gc.set_threshold(_GARBAGE_AT)
    if sys.argv[1:2] and sys.argv[1] in _OF_SEVERAL_PROCESSES:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _called(sys.argv[1:2])
    except DtnexusError as error:
        code = _told(str(error))
    except BrokenPipeError:
        code = _unheard()
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        code = _told(f"{where}{error.strerror or type(error).__name__}. Nothing more was done.")
    sys.exit(code)


def _called(wanted: Sequence[str]) -> int | str | None:
    """Run the wanted command and return its exit code."""
    try:
        build(wanted)()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            return _unheard()  # typer answers with 1, which means a finding here
        sys.stdout.flush()
        return leaving.code
    return None


def _told(message: str) -> int:
    typer.echo(f"dtnexus: {message}", err=True)
    return USAGE


def _unheard() -> int:
    """Whoever read our output has stopped, as `head` does: that is no fault; write to nowhere from here on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
