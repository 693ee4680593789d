"""Ratings in and out of files: other programs' answers, projects for them, tables, an archive for publication."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from dtnexus import __version__
from dtnexus.agreement.measure import agreement
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.rendering import rendered
from dtnexus.agreement.table import tabulated
from dtnexus.errors import InputError, UsageError
from dtnexus.exchanging import label_studio, potato
from dtnexus.exchanging.deidentifying import Cleaner, Digests
from dtnexus.exchanging.entry import Brought, Entry, Refusal
from dtnexus.exchanging.long_table import entry_rows, long_rows, read_long
from dtnexus.exchanging.publication import Material, archive_files, hide, left_out
from dtnexus.exchanging.records import Statement, Terms, records
from dtnexus.exchanging.tables import EPISODES, LONG, WORDS, Form, episode_rows, wide_columns, wide_rows, write_table
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.rating import Said
from dtnexus.record import write_jsonl
from dtnexus.running.ratings_log import read_blocks
from dtnexus.running.reading import Reading
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Interaction

Program = Literal["csv", "label-studio", "potato"]
ENDINGS: Final[Mapping[str, Form]] = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Every file of an archive carries it: the same input and salt give the same archive."""
_FEWEST_SALT: Final = 16
"""Bytes below which a salt could be found by trying."""


def interactions_of(inputs: Sequence[str], options: ReadOptions = ReadOptions()) -> tuple[Interaction, ...]:  # noqa: B008
    """The interactions in these inputs; none for no inputs.

    Raises:
        InputError: nothing could be read.
    """
    return tuple(group(Reading(inputs, options).transcripts())) if inputs else ()


@dataclass(frozen=True, slots=True)
class Import:
    """What is brought in, and on which terms."""

    source: Path
    program: Program
    framework: Framework
    transcripts: Sequence[str] = ()
    confidence: float | None = None
    adjudicators: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    entries: tuple[Entry, ...]
    statements: tuple[Statement, ...]
    refused: tuple[Refusal, ...]


def bring_in(asked: Import) -> Imported:
    """Read the answers and make records of them; what cannot become a record is told.

    Raises:
        InputError: the file is not what that program writes.
    """
    interactions = {each.id: each for each in interactions_of(asked.transcripts)}
    brought = _brought(asked, interactions)
    program = {"csv": "a table", "label-studio": "Label Studio", "potato": "Potato"}[asked.program]
    terms = Terms(asked.framework, interactions, asked.confidence, asked.adjudicators, asked.names, program)
    made = list(records(brought.entries, terms))
    statements = tuple(one for one in made if not isinstance(one, Refusal))
    refused = tuple(one for one in made if isinstance(one, Refusal))
    entries = tuple(_renamed(entry, asked) for entry in brought.entries)
    return Imported(entries, statements, (*brought.refused, *refused))


def _brought(asked: Import, interactions: Mapping[str, Interaction]) -> Brought:
    if asked.program == "potato":
        return potato.read_potato(asked.source, interactions)
    path = str(asked.source)
    try:
        text = asked.source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "a file of answers") from None
    except UnicodeDecodeError:
        raise InputError(path, "no UTF-8 text", "UTF-8 text; save the file as UTF-8") from None
    if asked.program == "label-studio":
        return label_studio.read_label_studio(path, text, interactions)
    return read_long(path, text, interactions)


def _renamed(entry: Entry, asked: Import) -> Entry:
    name = asked.names.get(entry.coder, entry.coder)
    kind = "adjudicator" if {name, entry.coder} & set(asked.adjudicators) else entry.kind
    return Entry(entry.interaction, name, entry.criterion, entry.answer, entry.spots, entry.confidence, entry.why, kind)


def write_statements(path: Path, statements: Sequence[Said]) -> int:
    """Write records one a line, all of one interaction together; the file appears when all are written."""
    order = {name: at for at, name in enumerate(dict.fromkeys(said.interaction_id for said in statements))}
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        together: list[Said] = sorted(statements, key=lambda said: order[said.interaction_id])
        return write_jsonl(together, stream)


def write_entries(path: Path, entries: Sequence[Entry]) -> int:
    """Write the answers as a long table, also scores without evidence."""
    with whole(path) as part:
        return write_table(part, form_of(path), LONG, list(entry_rows(entries)))


def form_of(path: Path) -> Form:
    """The form of a table by the ending of its file.

    Raises:
        UsageError: the ending is none of .csv, .jsonl, .parquet.
    """
    form = ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise UsageError(f"{path}: the ending says the form; one of {', '.join(ENDINGS)} is wanted")
    return form


def statements_of(paths: Sequence[Path]) -> tuple[Said, ...]:
    """All statements of these files.

    Raises:
        InputError: a file cannot be read, or a line is no statement.
    """
    return tuple(said for path in paths for _, block in read_blocks(path) for said in block)


def export(
    statements: Sequence[Said], path: Path, what: Literal["long", "wide", "episodes"], words: bool, framework: Framework
) -> int:
    """Write a table of ratings or episodes; words of transcripts and coders only where asked for. Returns the rows."""
    with whole(path) as part:
        if what == "wide":
            return write_table(part, form_of(path), wide_columns(framework), list(wide_rows(statements)))
        if what == "episodes":
            columns = {**EPISODES, **(WORDS if words else {})}
            return write_table(part, form_of(path), columns, list(episode_rows(statements)))
        return write_table(part, form_of(path), LONG, list(long_rows(statements)))


def write_project(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a project into a new or empty folder.

    Raises:
        UsageError: something stands there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"-o {folder}: something stands there; name a new or empty folder")
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


@dataclass(frozen=True, slots=True)
class Archived:
    """What stands in an archive."""

    files: tuple[str, ...]
    counts: Mapping[str, int]
    """Kind of what was replaced -> how often."""
    left_out: int


def write_archive(path: Path, material: Material, names: Sequence[str], salt: bytes | None) -> Archived:
    """Write the archive; with the same salt, the same ids get the same digests again.

    Raises:
        UsageError: the salt is too short.
    """
    if salt is not None and len(salt) < _FEWEST_SALT:
        raise UsageError(f"--salt-file: {len(salt)} bytes could be found by trying; at least {_FEWEST_SALT} are wanted")
    hidden = hide(material, Cleaner(tuple(names)), Digests(salt or secrets.token_bytes(32)))
    table = archive_files(material, hidden, {}, len(names))["ratings.csv"]
    files = archive_files(material, hidden, _agreement(table, material.framework), len(names))
    with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), text.encode(), zipfile.ZIP_DEFLATED)
    return Archived(tuple(sorted(files)), hidden.counts, left_out(material.statements))


def _agreement(table: str, framework: Framework) -> dict[str, str]:
    """The agreement of the coders in the archive; why there is none, where one coder rated or nobody did."""
    try:
        lines = parsed("ratings.csv", table.encode(), Asked())
        made = tabulated(lines, (0, 4), [criterion.id for criterion in framework.criteria])
    except InputError as error:
        return {"agreement.txt": f"No agreement: {error.fault.given}.\n"}
    stars = [criterion.id for criterion in framework.criteria if criterion.star]
    result = agreement(made, stars, "ratings.csv", __version__)
    return {"agreement.txt": rendered(result, "text"), "agreement.csv": rendered(result, "csv")}


def bytes_of(path: Path, holds: str) -> bytes:
    """The content of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", f"a file with {holds}") from None


def lines_of(path: Path, holds: str) -> tuple[str, ...]:
    """The lines of a text file without empty ones.

    Raises:
        InputError: it cannot be read, or is no UTF-8 text.
    """
    try:
        text = bytes_of(path, holds).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(str(path), "no UTF-8 text", f"a file with {holds}") from None
    return tuple(line.strip() for line in text.splitlines() if line.strip())
