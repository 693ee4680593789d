"""The options of `dtnexus ratings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dtnexus.running.ratings_files import Program

RatingsFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="RATINGS", help="Rating records (JSONL), as `code` and people write them.", show_default=False
    ),
]
SourceFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A long table; Label Studio's JSON export; a Potato project, its output folder or one of its files.",
        show_default=False,
    ),
]
ProgramOption = Annotated[Program, typer.Option("--from", help="What wrote it.")]
TranscriptsOption = Annotated[
    list[str],
    typer.Option(
        "--transcripts", "-t", metavar="IN", help="The conversations that were rated, in any supported format."
    ),
]
RecordsOut = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FILE", help="Rating records (JSONL) for `assess` and `decide`.")
]
LongOut = Annotated[
    Path | None,
    typer.Option(
        "--long",
        metavar="FILE",
        help="Also a long table for `agree` and `admit` (.csv, .jsonl, .parquet); needs no evidence.",
    ),
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option("--confidence", min=0, max=1, help="Of scores whose coder gave none; without it they are refused."),
]
AdjudicatorOption = Annotated[
    list[str], typer.Option("--adjudicator", metavar="NAME", help="This coder settles disagreements.")
]
NameOption = Annotated[
    list[str], typer.Option("--name", metavar="OLD=NEW", help="Another name for a coder, e.g. --name user-3=coder-a.")
]
TableOut = Annotated[
    Path, typer.Option("-o", "--out", metavar="FILE", help="The ending says the form: .csv, .jsonl or .parquet.")
]
WhatOption = Annotated[
    Literal["long", "wide", "episodes"],
    typer.Option("--what", help="A line for each answer, for each coder and interaction, or for each episode."),
]
WordsOption = Annotated[
    bool, typer.Option("--words", help="With episodes: also quotes and coders' reasons, as they stand.")
]
ProjectOut = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="A new or empty folder.")]
TitleOption = Annotated[str, typer.Option("--title", help="What coders see as the name of the task.")]
ArchiveOut = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The archive (.zip).")]
WithTextOption = Annotated[
    bool, typer.Option("--with-text", help="Also the conversations, de-identified by rules; needs --transcripts.")
]
NamesOption = Annotated[
    Path | None,
    typer.Option("--names", metavar="FILE", help="Names to take out, one a line: people, places, firms, pets."),
]
SaltOption = Annotated[
    Path | None,
    typer.Option(
        "--salt-file", metavar="FILE", help="Secret for the digests of ids; without it a new one, kept nowhere."
    ),
]
