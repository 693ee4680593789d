"""Interactions for a coding study: from files that were handed over, or from a finished run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from dtnexus.coding.coder import resolve
from dtnexus.coding.member import DEFAULT
from dtnexus.errors import InputError
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.loss import Loss, ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reading import read_all
from dtnexus.rating import STATEMENT, Said
from dtnexus.record import read_jsonl
from dtnexus.running.archive import Archive
from dtnexus.running.folder import RunFolder
from dtnexus.transcript import Interaction, Transcript

SCREEN = DEFAULT
"""The coder that screens what was handed over without ratings."""


class StudyUnits(NamedTuple):
    """What a study may code: interactions, what machines said of them, and what reading cost."""

    interactions: tuple[Interaction, ...]
    machine: dict[str, list[Said]]
    """Interaction id -> statements of machines; people's statements of a run are left out."""
    reading: ReadReport


def read_units(paths: Sequence[Path], options: ReadOptions | None = None) -> StudyUnits:
    """The interactions in these files. Sources and losses name the files without their folders.

    Raises:
        InputError: no conversation could be read; lists why.
    """
    transcripts, report = read_all(paths, options or ReadOptions())
    names = {str(path): path.name for path in paths}
    losses = tuple(_named(loss, names) for loss in report.losses)
    if not transcripts:
        told = "".join(f"\n  {loss}" for loss in losses[:20])
        given = ", ".join(names.values()) or "no file"
        raise InputError(given, "no conversation could be read", f"at least one{told}")
    interactions = group(_without_folder(transcript, names) for transcript in transcripts)
    return StudyUnits(tuple(interactions), {}, report.model_copy(update={"losses": losses}))


def units_of_run(folder: Path) -> StudyUnits:
    """The interactions of a run of `dtnexus assess`, with what machines said of them there.

    Raises:
        InputError: the folder holds no run, or one of its files cannot be read.
    """
    run = RunFolder(folder)
    for path in (run.transcripts, run.ratings, run.reading):
        if not path.is_file():
            raise InputError(str(path), "is not there", "a finished run of `dtnexus assess`")
    machine: dict[str, list[Said]] = defaultdict(list)
    for said in read_jsonl(run.ratings, STATEMENT):
        if not said.coder.is_human and said.coder.kind != "consensus":
            machine[said.interaction_id].append(said)
    reading = ReadReport.from_json(run.reading.read_bytes())
    return StudyUnits(tuple(Archive.of(run.transcripts).interactions()), dict(machine), reading)


def screened(interactions: Iterable[Interaction], framework: Framework) -> dict[str, list[Said]]:
    """Interaction id -> what the embedded coder says of it."""
    coder = resolve(SCREEN)
    return {one.id: list(coder.code(one, framework)) for one in interactions}


def _without_folder(transcript: Transcript, names: dict[str, str]) -> Transcript:
    if transcript.source is None:
        return transcript
    name = names.get(transcript.source.path, PurePath(transcript.source.path).name)
    return transcript.model_copy(update={"source": transcript.source.model_copy(update={"path": name})})


def _named(loss: Loss, names: dict[str, str]) -> Loss:
    return loss.model_copy(update={"path": names.get(loss.path, PurePath(loss.path).name)})
