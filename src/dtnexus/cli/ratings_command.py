"""`dtnexus ratings`: answers of other programs in, projects, tables and an archive out."""

from __future__ import annotations

from pathlib import Path

import typer

from dtnexus.catalog.loader import load_framework
from dtnexus.cli.exits import SOME_FAILED
from dtnexus.cli.options import (
    DEFAULT_FRAMEWORK,
    FrameworkOption,
    Inputs,
    LanguageOption,
    QuietOption,
    pairs,
    read_options,
)
from dtnexus.cli.ratings_options import (
    AdjudicatorOption,
    ArchiveOut,
    ConfidenceOption,
    LongOut,
    NameOption,
    NamesOption,
    ProgramOption,
    ProjectOut,
    RatingsFiles,
    RecordsOut,
    SaltOption,
    SourceFile,
    TableOut,
    TitleOption,
    TranscriptsOption,
    WhatOption,
    WithTextOption,
    WordsOption,
)
from dtnexus.cli.screen import Screen
from dtnexus.cli.told import counted
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.exchanging import label_studio, potato
from dtnexus.exchanging.deidentifying import WARNING
from dtnexus.exchanging.publication import Material
from dtnexus.running.ratings_files import (
    Import,
    bring_in,
    bytes_of,
    export,
    form_of,
    interactions_of,
    lines_of,
    statements_of,
    write_archive,
    write_entries,
    write_project,
    write_statements,
)

_SHOWN = 12

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def ratings() -> None:
    """Bring ratings in; write projects, tables and archives.

    From tables, Label Studio and Potato, and for them. Files only: nothing is sent, no other program is started.
    """


@app.command(
    "import",
    epilog="Example:  dtnexus ratings import potato --from potato -t chats/ -o people.jsonl",
)
def import_(
    source: SourceFile,
    program: ProgramOption,
    transcripts: TranscriptsOption = [],  # noqa: B006 - typer reads the default and never changes it
    out: RecordsOut = None,
    long: LongOut = None,
    confidence: ConfidenceOption = None,
    adjudicator: AdjudicatorOption = [],  # noqa: B006
    name: NameOption = [],  # noqa: B006
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Make rating records of answers from a table, Label Studio or Potato.

    A score becomes a record where it rests on words that stand in the conversation. What cannot become a record is
    listed with its reason, and the exit code is 3; nothing is filled in.
    """
    screen = Screen(quiet)
    if out is None and long is None:
        raise UsageError("nothing is to be written; give -o for rating records, --long for a table, or both")
    if out is not None and not transcripts:
        raise UsageError("-o: records quote the conversations; give them with --transcripts, or write --long only")
    if long is not None:
        form_of(long)
    asked = Import(
        source=source,
        program=program,
        framework=load_framework(framework, MAXIMA),
        transcripts=transcripts,
        confidence=confidence,
        adjudicators=adjudicator,
        names=pairs("--name", name),
    )
    done = bring_in(asked)
    coders = sorted({entry.coder for entry in done.entries})
    screen.say(f"Read {counted(len(done.entries), 'answer')} of {', '.join(coders) or 'nobody'}.")
    if long is not None:
        screen.say(f"Wrote {counted(write_entries(long, done.entries), 'line')} to {long}.")
    if out is None:
        return
    screen.say(f"Wrote {counted(write_statements(out, done.statements), 'record')} to {out}.")
    for refusal in done.refused[:_SHOWN]:
        screen.warn(f"  no record: {refusal}")
    if len(done.refused) > _SHOWN:
        screen.warn(f"  no record: {len(done.refused) - _SHOWN} more")
    if done.refused:
        raise typer.Exit(SOME_FAILED)


@app.command(
    "export",
    epilog="Examples:  dtnexus ratings export people.jsonl -o people.csv; "
    "dtnexus ratings export people.jsonl --what episodes -o episodes.parquet",
)
def export_(
    ratings: RatingsFiles,
    out: TableOut,
    what: WhatOption = "long",
    words: WordsOption = False,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Write ratings or episodes as a table: CSV, JSON lines or Parquet.

    No words of conversations or coders, unless --words asks for them. CSV cells cannot run as formulas.
    """
    if words and what != "episodes":
        raise UsageError("--words: goes with --what episodes, which have quotes and reasons")
    form_of(out)
    rows = export(statements_of(ratings), out, what, words, load_framework(framework, MAXIMA))
    Screen(quiet).say(f"Wrote {counted(rows, 'row')} to {out}.")


@app.command(
    "potato",
    epilog='Example:  dtnexus ratings potato chats/ -o potato --title "Coding study"',
)
def potato_(
    inputs: Inputs,
    out: ProjectOut,
    title: TitleOption = "Coding",
    language: LanguageOption = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Write a project for Potato: configuration, data and codebook, from any framework and conversations."""
    interactions = interactions_of(inputs, read_options([], [], None, None, language))
    write_project(out, potato.project_files(load_framework(framework, MAXIMA), interactions, title))
    _tell_project(Screen(quiet), len(interactions), out)


@app.command(
    "label-studio",
    epilog="Example:  dtnexus ratings label-studio chats/ -o label-studio --framework my-framework/",
)
def label_studio_(
    inputs: Inputs,
    out: ProjectOut,
    language: LanguageOption = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Write a labelling configuration and tasks for Label Studio, from any framework and conversations."""
    interactions = interactions_of(inputs, read_options([], [], None, None, language))
    write_project(out, label_studio.project_files(load_framework(framework, MAXIMA), interactions))
    _tell_project(Screen(quiet), len(interactions), out)


@app.command(
    "archive",
    epilog="Examples:  dtnexus ratings archive people.jsonl -o archive.zip; "
    "dtnexus ratings archive people.jsonl -t chats/ --with-text --names names.txt -o archive.zip",
)
def archive_(
    ratings: RatingsFiles,
    out: ArchiveOut,
    transcripts: TranscriptsOption = [],  # noqa: B006 - typer reads the default and never changes it
    with_text: WithTextOption = False,
    names: NamesOption = None,
    salt_file: SaltOption = None,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    quiet: QuietOption = False,
) -> None:
    """Write an archive for publication: ratings, codebook, data dictionary and agreement, de-identified by rules.

    Ids and names of coders become salted digests. Words go in only with --with-text, cleaned by rules. That is no
    guarantee: read a sample before you publish.
    """
    screen = Screen(quiet)
    if with_text and not transcripts:
        raise UsageError("--with-text: give the conversations with --transcripts")
    if names is not None and not with_text:
        raise UsageError("--names: goes with --with-text; without it no words are in the archive")
    material = Material(
        statements_of(ratings),
        load_framework(framework, MAXIMA),
        interactions_of(transcripts),
        with_text,
    )
    listed = () if names is None else lines_of(names, "names")
    done = write_archive(out, material, listed, None if salt_file is None else bytes_of(salt_file, "a secret"))
    screen.say(f"Wrote {', '.join(done.files)} to {out}.")
    if done.left_out:
        screen.say(f"Left out: {counted(done.left_out, 'failure or counted fact')}.")
    if with_text:
        replaced = ", ".join(f"{kind} {count}" for kind, count in done.counts.items()) or "nothing"
        screen.warn(f"Replaced: {replaced}.")
        screen.warn(WARNING)


def _tell_project(screen: Screen, count: int, out: Path) -> None:
    screen.say(f"Wrote a project with {counted(count, 'interaction')} to {out}; read {out / 'README.md'} first.")
