"""`dtnexus framework`: show, check and compare framework files."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from dtnexus.catalog.compare import diff
from dtnexus.catalog.generated import SchemaKind, json_schema
from dtnexus.catalog.loader import load_framework
from dtnexus.cli.exits import FINDINGS
from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.reporting.framework_text import element_text, overview
from dtnexus.running.suggesting import did_you_mean

app = typer.Typer(add_completion=False, no_args_is_help=True)
Where = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A shipped framework, a file, or a folder of files.")]


@app.callback()
def framework() -> None:
    """Show, check and compare framework files."""


@app.command(epilog="Examples:  dtnexus framework show; dtnexus framework show D2; dtnexus framework show R07")
def show(
    element: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A criterion, level, risk, clause ...; without it, the overview."),
    ] = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
) -> None:
    """Show the framework, or one element of it with its sources."""
    loaded = load_framework(framework, MAXIMA)
    if element is None:
        typer.echo(overview(loaded))
        return
    if element not in loaded.by_id:
        hint = did_you_mean(element, loaded.by_id)
        raise UsageError(f"framework {loaded.id} {loaded.version}: has no element {element!r}.{hint}")
    typer.echo(element_text(loaded, element))


@app.command(epilog="Example:  dtnexus framework validate my-framework/")
def validate(where: Where) -> None:
    """Check a framework file; every fault is listed with its file and line."""
    loaded = load_framework(where, MAXIMA)
    criteria, risks = len(loaded.criteria), len(loaded.risks)
    typer.echo(f"{loaded.id} {loaded.version}: no faults; {criteria} criteria, {risks} risks; digest {loaded.digest()}")


@app.command(epilog="Example:  dtnexus framework schema > framework.schema.json")
def schema(
    kind: Annotated[SchemaKind, typer.Argument(metavar="[KIND]", help="framework, profile or a record.")] = "framework",
) -> None:
    """Print the JSON Schema of framework files (or of profile files and records)."""
    typer.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))


@app.command("diff", epilog="Example:  dtnexus framework diff dtn-op@0.1 my-framework/")
def differences(old: Where, new: Where) -> None:
    """List what changed from one framework to another; exit code 1 if anything did."""
    changes = diff(load_framework(old, MAXIMA), load_framework(new, MAXIMA))
    for change in changes:
        typer.echo(str(change))
    if changes:
        raise typer.Exit(FINDINGS)
    typer.echo("No differences.")
