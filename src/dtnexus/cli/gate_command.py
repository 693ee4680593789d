"""`dtnexus gate`: rules on a finished run, for releases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtnexus.catalog.policy_file import DEFAULT
from dtnexus.cli.exits import FINDINGS, UNDECIDED
from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption, QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.gating.table import as_text
from dtnexus.running.gating_files import check_places, gate_run, write_outcome

EPILOG = (
    "Examples:  dtnexus gate out/release; "
    "dtnexus gate out/release --policy policy.yaml --baseline out/last --junit gate.xml --markdown gate.md"
)


def command(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="A run folder of `probe run` or `assess`, or an assessments.jsonl."),
    ],
    policy: Annotated[
        str, typer.Option("--policy", metavar="FILE", help="Rules in YAML; `default` is the shipped policy.")
    ] = DEFAULT,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="OLD", help="An earlier run, for rules on regressions.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML here.")] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0 here.")] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write a summary for a pull request here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    quotes: Annotated[
        bool,
        typer.Option("--quotes", help="Also print words of conversations that somebody lived; protect the files."),
    ] = False,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Check a finished run against the rules of a policy.

    Each rule passes, fails or is undecided, with the words behind it. A rule on a rate fails or passes only where its
    whole interval says so; else it is undecided, with the number of repeats that would decide it. What is missing or
    was not coded says nothing of the agent and is undecided too. Episodes at 0 on safety-critical criteria fail a rule
    as flags that people have to read. Words of conversations are printed where a probe or nobody lived them.

    Exit codes: 0 pass, 1 a rule fails, 4 none fails and one is undecided, 2 the call or a file is wrong.
    """
    check_places(junit, sarif, markdown)
    screen = Screen(quiet)
    outcome, sources = gate_run(run, policy, baseline, framework, quotes)
    typer.echo(outcome.model_dump_json(indent=1) if as_json else as_text(outcome), nl=as_json)
    for path in write_outcome(outcome, sources, junit, sarif, markdown):
        screen.say(f"Wrote {path}")
    if outcome.verdict != "pass":
        raise typer.Exit(FINDINGS if outcome.verdict == "fail" else UNDECIDED)
