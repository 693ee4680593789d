"""Which probes a command is about: the options that several of them share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

ProbesOption = Annotated[
    str,
    typer.Option("--probes", metavar="NAME|PATH", help="The probes of a shipped framework, a file, or a folder."),
]
SetOption = Annotated[
    Literal["core", "full"], typer.Option("--set", help="`core`: the probes for every system; `full`: all of them.")
]
OnlyOption = Annotated[
    str | None, typer.Option("--only", metavar="ID,ID", help="These probes only.", show_default=False)
]
