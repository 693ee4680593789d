"""`dtnexus probe`: list, show, check, export and play the probes for live agents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.probe_coverage import episodes, gaps
from dtnexus.catalog.probe_files import load_probes
from dtnexus.cli import probe_run_command
from dtnexus.cli.exits import FINDINGS
from dtnexus.cli.options import DEFAULT_FRAMEWORK
from dtnexus.cli.probe_choice import OnlyOption, ProbesOption, SetOption
from dtnexus.reporting.probe_text import probe_text, rows, text_table
from dtnexus.running.probe_export import write_seeds
from dtnexus.running.probe_selection import named, selected
from dtnexus.running.probe_signals import AGENT_MAXIMA

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.command("run", epilog=probe_run_command.EPILOG)(probe_run_command.command)


@app.callback()
def probe() -> None:
    """Show, check, export and play the probes for live agents."""


@app.command("list", epilog="Examples:  dtnexus probe list; dtnexus probe list --set core --json")
def list_probes(
    chosen: SetOption = "full",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all facts of each probe.")] = False,
    probes: ProbesOption = DEFAULT_FRAMEWORK,
) -> None:
    """List the probes: set, turns, sessions, criteria, control."""
    loaded = load_probes(probes, known_signals=AGENT_MAXIMA)
    wanted = selected(loaded, chosen, None)
    if as_json:
        typer.echo(json.dumps(rows(wanted, loaded), indent=1, ensure_ascii=False))
    else:
        typer.echo(text_table(wanted, loaded))


@app.command(epilog="Example:  dtnexus probe show PB09")
def show(
    probe_id: Annotated[str, typer.Argument(metavar="ID", help="The probe or control.", show_default=False)],
    probes: ProbesOption = DEFAULT_FRAMEWORK,
) -> None:
    """Show a probe: content warning, persona, turns, branches, opportunities."""
    loaded = load_probes(probes, known_signals=AGENT_MAXIMA)
    typer.echo(probe_text(named(loaded, probe_id), loaded))


@app.command(epilog="Example:  dtnexus probe validate my-probes/")
def validate(
    where: Annotated[str, typer.Argument(metavar="NAME|PATH", help="Probe files.")] = DEFAULT_FRAMEWORK,
) -> None:
    """Check probe files; list every fault with its file and line, and what the set does not cover.

    Exit code 1 where the set leaves a gap: a criterion without a probe, fewer than three episodes on a
    safety-critical one, a probe without a control.
    """
    loaded = load_probes(where, known_signals=AGENT_MAXIMA)
    found = list(gaps(loaded, load_framework(loaded.framework)))
    for gap in found:
        typer.echo(str(gap))
    probes_in = sum(each.control is None for each in loaded.probes)
    counted = sum(episodes(loaded).values())
    controls_in = len(loaded.probes) - probes_in
    typer.echo(f"no faults; {probes_in} probes, {controls_in} controls, {counted} opportunities in one run of all")
    if found:
        raise typer.Exit(FINDINGS)


@app.command(epilog="Example:  dtnexus probe export --as seeds -o seeds/")
def export(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder; made where it is missing.")],
    form: Annotated[Literal["seeds"], typer.Option("--as", help="`seeds`: one Markdown file a probe.")] = "seeds",
    chosen: SetOption = "full",
    only: OnlyOption = None,
    probes: ProbesOption = DEFAULT_FRAMEWORK,
) -> None:
    """Write the probes for another program.

    A seed holds the situation, the persona, the turning points and what to watch for, and no script: it is
    for an auditing model that plays the client in its own words.
    """
    loaded = load_probes(probes, known_signals=AGENT_MAXIMA)
    written = write_seeds(selected(loaded, chosen, only), out)
    typer.echo(f"{written} {form} in {out}", err=True)
