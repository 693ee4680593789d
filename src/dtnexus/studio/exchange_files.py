"""A project's ratings and conversations as files, and other programs' answers as ratings of the project."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from dtnexus.errors import UsageError
from dtnexus.exchanging.publication import Material
from dtnexus.ingest.grouping import group
from dtnexus.rating import Episode, NotApplicable, NotObservable, Rating, Said
from dtnexus.record import write_jsonl
from dtnexus.running.ratings_files import Import, Program, bring_in, export, write_archive
from dtnexus.storage import imported, settling, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Adjudication
from dtnexus.storage.tokens import new_id
from dtnexus.studio.access import Inside
from dtnexus.transcript import Agent, Interaction, Transcript

What = Literal["long", "wide", "episodes"]
_NOBODY = Agent(id="unnamed", kind="unknown")


class Told(NamedTuple):
    """What came of an import into a project."""

    answers: int
    kept: int
    """Statements that are the project's now."""
    coders: tuple[str, ...]
    had: int
    """Coder and unit pairs that the project had already; they were left as they are."""
    refused: tuple[str, ...]
    """Why an answer did not become a statement, a line each."""


def said_by_people(connection: Connection, project_id: str) -> list[Said]:
    """What people submitted and what was adjudicated, also the bare scores that stayed after a withdrawal."""
    rated: list[Said] = [row.statement for row in settling.statements_of(connection, project_id, withdrawn_too=True)]
    decided = settling.adjudications_of(connection, project_id)
    return rated + [one.statement for one in decided if one.statement is not None]


def interactions(connection: Connection, project_id: str) -> dict[str, Interaction]:
    """Label -> conversation of every work unit."""
    return {one.label: units.interaction_of(connection, one.id) for one in units.units_of(connection, project_id)}


def blind_interactions(words: Mapping[str, Interaction]) -> list[Interaction]:
    """The conversations as coders of another program may see them: labels for ids, no product, nobody's name."""
    return group(session for label, one in words.items() for session in _blind_sessions(label, one))


def _blind_sessions(label: str, words: Interaction) -> list[Transcript]:
    several = len(words.sessions) > 1
    return [
        Transcript(
            id=f"{label}-{place + 1}" if several else label,
            turns=tuple(turn.model_copy(update={"speaker": None, "at": None}) for turn in session.turns),
            agent=_NOBODY,
            client_id=label if several else None,
            session_index=place if several else None,
            language=session.language,
            synthetic=session.synthetic,
        )
        for place, session in enumerate(words.sessions)
    ]


def table(said: Sequence[Said], name: str, what: What, words: bool, inside: Inside) -> bytes:
    """A table as a file of this name would hold it; the ending says the form."""
    with tempfile.TemporaryDirectory(prefix="dtnexus-export-") as folder:
        path = Path(folder) / name
        export(said, path, what, words, inside.framework)
        return path.read_bytes()


def lines(records: Sequence[Said] | Sequence[Transcript]) -> bytes:
    """Records as JSON lines."""
    stream = io.StringIO()
    write_jsonl(records, stream)
    return stream.getvalue().encode()


def zipped(files: Mapping[str, str]) -> bytes:
    """The files of a project of another program, in one archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def archive(
    said: Sequence[Said], words: Sequence[Interaction], with_text: bool, names: Sequence[str], inside: Inside
) -> bytes:
    """The de-identified archive; every time with a new salt that is kept nowhere."""
    with tempfile.TemporaryDirectory(prefix="dtnexus-export-") as folder:
        path = Path(folder) / "archive.zip"
        write_archive(path, Material(said, inside.framework, words if with_text else (), with_text), names, None)
        return path.read_bytes()


def take(
    connection: Connection,
    inside: Inside,
    sources: Sequence[Path],
    program: Program,
    confidence: float | None,
    adjudicators: Sequence[str],
    at: datetime,
) -> Told:
    """Make ratings of the project from files of another program; what cannot become one is told with its reason.

    Conversations are named in the files by their labels, as our own Potato and Label Studio projects do, or by their
    ids. A coder becomes a pseudonym whose account nobody can enter.

    Raises:
        InputError: a file is not what that program writes.
        UsageError: a coder of the file codes in the project.
    """
    words = interactions(connection, inside.project.id)
    of_label = {one.label: one.id for one in units.units_of(connection, inside.project.id)}
    labelled = {one.id: one.id.split("@")[0] for one in blind_interactions(words)}
    named = {**{one.id: label for label, one in words.items()}, **labelled}
    with tempfile.TemporaryDirectory(prefix="dtnexus-import-") as folder:
        known = Path(folder) / "units.jsonl"
        sessions = [session for one in words.values() for session in one.sessions]
        blind = [session for label, one in words.items() for session in _blind_sessions(label, one)]
        known.write_bytes(lines([*sessions, *blind]))
        answers, refused, statements = 0, list[str](), list[Rating | NotObservable | NotApplicable]()
        for source in sources:
            done = bring_in(Import(source, program, inside.framework, (str(known),), confidence, adjudicators))
            answers += len(done.entries)
            refused += [str(each).replace(f"{source.parent}/", "") for each in done.refused]
            statements += done.statements
    mine = [_of_unit(one, words[named[one.interaction_id]]) for one in statements]
    by_label = {one.id: label for label, one in words.items()}
    units_by_id = {one.interaction_id: of_label[by_label[one.interaction_id]] for one in mine}
    kept, had, coders = _keep(connection, inside, mine, units_by_id, at)
    return Told(answers, kept, coders, had, tuple(refused))


def _of_unit(
    said: Rating | NotObservable | NotApplicable, words: Interaction
) -> Rating | NotObservable | NotApplicable:
    """The statement under the conversation's own ids."""
    if isinstance(said, NotApplicable):
        return said.model_copy(update={"interaction_id": words.id})

    def placed(episode: Episode) -> Episode:
        return episode.model_copy(update={"transcript_id": words.sessions[episode.session].id})

    return said.model_copy(update={"interaction_id": words.id, "episodes": tuple(map(placed, said.episodes))})


def _keep(
    connection: Connection,
    inside: Inside,
    said: Sequence[Rating | NotObservable | NotApplicable],
    of: Mapping[str, str],
    at: datetime,
) -> tuple[int, int, tuple[str, ...]]:
    """Statements kept, pairs that were there already, names of the coders."""
    project_id = inside.project.id
    by_coder: dict[tuple[str, str], list[Rating | NotObservable | NotApplicable]] = {}
    kept = had = 0
    for one in said:
        unit_id = of[one.interaction_id]
        if one.coder.kind == "human":
            by_coder.setdefault((one.coder.name, unit_id), []).append(one)
        elif one.coder.kind == "adjudicator":
            decision = Adjudication(
                new_id(), unit_id, one.criterion, "decided", one, "from another program", (), inside.person.id, at
            )
            kept += settling.adjudicate(connection, project_id, decision)
        else:
            raise UsageError(f"answers of {one.coder.kind} coders are not taken in; only those of people are")
    for (code, unit_id), many in sorted(by_coder.items()):
        person_id = imported.imported_coder(connection, project_id, code, at)
        if imported.add_submitted(connection, project_id, unit_id, person_id, many, at):
            kept += len(many)
        else:
            had += 1
    return kept, had, tuple(sorted({code for code, _ in by_coder}))
