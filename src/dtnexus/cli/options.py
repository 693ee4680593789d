"""The options that several commands share, each spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="IN...",
        help="Files, folders or globs of conversations; - is standard input. The format is found by content.",
        show_default=False,
    ),
]
OutFile = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write here instead of to standard output.")
]
FrameworkOption = Annotated[
    str,
    typer.Option("--framework", metavar="NAME|PATH", help="A shipped framework, a framework file, or a folder of them."),
]
ProfileOption = Annotated[
    list[Path],
    typer.Option("--profile", metavar="FILE", help="Facts about an agent (YAML or JSON). May be given several times."),
]
CoderOption = Annotated[
    list[str],
    typer.Option("--coder", metavar="NAME", help="Coders to use; `linear` is the embedded one, `none` uses none."),
]
RatingsOption = Annotated[
    list[Path],
    typer.Option("--ratings", metavar="FILE", help="People's ratings (JSONL), used beside the coders'."),
]
MapOption = Annotated[
    list[str],
    typer.Option("--map", metavar="FIELD=COLUMN", help="CSV columns, e.g. --map text=utterance --map speaker=who."),
]
RoleOption = Annotated[
    list[str],
    typer.Option("--role", metavar="NAME=ROLE", help="Who a speaker is, e.g. --role Dana=client --role Bot=agent."),
]
AgentKindOption = Annotated[
    Literal["digital", "human"] | None,
    typer.Option("--agent-kind", help="What the agents are, where the files do not say."),
]
AgentIdOption = Annotated[
    str | None, typer.Option("--agent-id", metavar="ID", help="Name of the agent, where the files do not say.")
]
JobsOption = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that code side by side.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary on standard error.")]

DEFAULT_FRAMEWORK = "dtn-op"
