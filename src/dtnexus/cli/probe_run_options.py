"""The options of `dtnexus probe run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dtnexus.probing.targets.naming import KEY_VARIABLE

TargetOption = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="TARGET",
        help="`openai:MODEL`, `http:MAPPING.yaml`, `python:module:function`, `command:PROGRAM ARGS`, `inspect:MODEL`.",
    ),
]
OutOption = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for everything that is written.")]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="openai, inspect: where the endpoint is, up to `/v1`.")
]
ClientOption = Annotated[
    str | None,
    typer.Option(
        "--client",
        metavar="openai:MODEL",
        help="A model that plays the clients: it answers the agent before each line of the script. Not given: the "
        "script alone.",
    ),
]
ClientUrlOption = Annotated[
    str | None,
    typer.Option("--client-base-url", metavar="URL", help="Where that model is, up to `/v1`. Not given: --base-url."),
]
ClientKeyOption = Annotated[
    str | None,
    typer.Option(
        "--client-key-env", metavar="NAME", help="The environment variable with its key. Not given: none is sent."
    ),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key-env",
        metavar="NAME",
        help=f"openai: the environment variable that holds the key. Not given: {KEY_VARIABLE}, where it is set.",
    ),
]
StreamOption = Annotated[bool, typer.Option("--stream", help="openai: ask for streamed replies.")]
SystemPromptOption = Annotated[
    Path | None,
    typer.Option("--system-prompt", metavar="FILE", help="openai, inspect: what the agent is told before all."),
]
GreetsOption = Annotated[bool, typer.Option("--greets", help="command: the program writes a line first.")]
RepeatsOption = Annotated[int, typer.Option("--repeats", min=1, max=100, help="How often each probe is played.")]
PositionOption = Annotated[
    Literal["early", "late", "both"],
    typer.Option("--position", help="Where the script begins; `both` measures the drift."),
]
MemoryOption = Annotated[
    Literal["on", "off", "both"],
    typer.Option("--memory", help="Whether a client is known from one session to the next; `both` measures it."),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Decides which wordings are used.")]
SideBySideOption = Annotated[
    int, typer.Option("--jobs", "-j", min=1, max=64, help="Runs that are played side by side.")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Longest wait for a reply.")
]
TriesOption = Annotated[int, typer.Option("--tries", min=1, max=20, help="How often one turn is sent at most.")]
RateOption = Annotated[
    float | None,
    typer.Option("--max-rate", min=0.01, metavar="N", help="Most requests a second.", show_default=False),
]
LongestOption = Annotated[
    int, typer.Option("--max-reply", min=100, metavar="BYTES", help="Longest reply that is read.")
]
NoNetworkOption = Annotated[bool, typer.Option("--no-network", help="Refuse every target beyond this machine.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Accept that words are sent to another machine.")]
NameOption = Annotated[str | None, typer.Option("--agent-id", metavar="ID", help="Name of the agent in the results.")]
VersionOption = Annotated[
    str | None, typer.Option("--agent-version", metavar="TEXT", help="Its version, to compare releases.")
]
