"""`dtnexus doctor`: can this installation do its work?"""

from __future__ import annotations

import typer

from dtnexus.cli.exits import USAGE
from dtnexus.running.doctor import examine

EPILOG = "Example:  dtnexus doctor"


def command() -> None:
    """Check that this installation can do its work.

    Prints versions and digests of everything that decides a result, for a methods section or a bug report.
    Nothing is sent anywhere: dtnexus opens no connection and has no telemetry.
    """
    failed = False
    for finding in examine():
        failed |= not finding.ok
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.found}")
    typer.echo("ok    network: none is used; no telemetry")
    if failed:
        raise typer.Exit(USAGE)
