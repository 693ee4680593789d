"""The options that several commands share, each spelled once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.profile_file import load_profile
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.ingest.options import ReadOptions
from dtnexus.language import UNDETERMINED, primary
from dtnexus.profile import AgentProfile
from dtnexus.record import first_fault
from dtnexus.transcript import AgentKind

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="IN",
        help="Files, folders or globs of conversations; - is standard input. The format is found by content.",
        show_default=False,
    ),
]
OutFile = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write here instead of to standard output.")
]
FrameworkOption = Annotated[
    str,
    typer.Option(
        "--framework", metavar="NAME|PATH", help="A shipped framework, a framework file, or a folder of them."
    ),
]
ProfileOption = Annotated[
    list[Path],
    typer.Option("--profile", metavar="FILE", help="Facts about an agent (YAML or JSON). May be given several times."),
]
CoderOption = Annotated[
    list[str],
    typer.Option(
        "--coder",
        metavar="NAME",
        help="`encoder` or the quicker `linear` (embedded), `judge:PROVIDER/MODEL`, or `none`.",
    ),
]
RatingsOption = Annotated[
    list[Path],
    typer.Option("--ratings", metavar="FILE", help="People's ratings (JSONL), used beside the coders'."),
]
AdmissionsOption = Annotated[
    list[Path],
    typer.Option(
        "--admissions",
        metavar="FILE",
        help="Admissions of machines as second raters, as `admit` writes them. Without it machines are screening only.",
    ),
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
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="CODE",
        help="The language of all conversations, e.g. en; `und` finds it from the words, whatever the files say.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, help="Processes side by side. Not given: up to 4, by cores and size.", show_default=False
    ),
]
RestartOption = Annotated[bool, typer.Option("--restart", help="Replace the run that DIR holds.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary on standard error.")]

DEFAULT_FRAMEWORK = "dtn-op"


def read_options(
    columns: Sequence[str],
    roles: Sequence[str],
    agent_kind: AgentKind | None,
    agent_id: str | None,
    language: str | None = None,
) -> ReadOptions:
    """What the options say about reading.

    Raises:
        UsageError: an option is not of the form NAME=VALUE, or names what does not exist.
    """
    if language is not None and language != UNDETERMINED and primary(language) is None:
        raise UsageError(f"--language {language!r} names no language; a code is wanted, for instance en or pt-BR")
    try:
        return ReadOptions.model_validate(
            {
                "columns": pairs("--map", columns),
                "roles": pairs("--role", roles),
                "agent_kind": agent_kind,
                "agent_id": agent_id,
                "language": language,
            }
        )
    except ValidationError as error:
        raise UsageError(f"--map, --role: {first_fault(error)}") from None


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """What an option that is given as NAME=VALUE holds.

    Raises:
        UsageError: it is not of that form.
    """
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise UsageError(f"{option} {text!r}: NAME=VALUE is wanted, for instance {option} text=utterance")
        found[name.strip()] = value.strip()
    return found


def profiles(paths: Sequence[Path], framework: str) -> tuple[AgentProfile, ...]:
    """The agent profiles in these files, checked against the framework's fields."""
    if not paths:
        return ()
    loaded = load_framework(framework, MAXIMA)
    return tuple(load_profile(path, loaded) for path in paths)
