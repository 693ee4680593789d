"""Transcripts on disk, read one interaction at a time, so that memory does not grow with the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from dtnexus.ingest.grouping import arrange
from dtnexus.record import read_jsonl
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Agent, Interaction, Transcript

_KEPT = 8
"""Transcripts that a shelf keeps: a report asks for one again for each of its quotes."""


class Place(NamedTuple):
    """Where a session stands in the file, and what decides which interaction it belongs to."""

    id: str
    client_id: str | None
    agent: Agent
    session_index: int | None
    started_at: datetime | None
    offset: int
    length: int


class Archive:
    """A transcripts.jsonl and the place of every session in it.

    Holds ids and offsets only; `interactions` reads the sessions when they are needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: list[Place] = []
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the file, 64 hex digits."""
        return self._digest.hexdigest()

    @classmethod
    def write(cls, path: Path, transcripts: Iterable[Transcript]) -> Archive:
        """Write the transcripts in order; the file appears only when all are written."""
        archive = cls(path)
        with whole(path) as part, part.open("wb") as stream:
            for transcript in transcripts:
                stream.write(archive._add(transcript))
        return archive

    @classmethod
    def of(cls, path: Path) -> Archive:
        """The archive in a file that `write` wrote.

        Raises:
            InputError: a line is no transcript; names file and line.
        """
        archive = cls(path)
        for transcript in read_jsonl(path, Transcript):
            archive._add(transcript)
        return archive

    def move(self, path: Path) -> None:
        """Move the file, over another where one stands there."""
        self.path.replace(path)
        self.path = path

    def _add(self, transcript: Transcript) -> bytes:
        line = f"{transcript.to_json()}\n".encode()
        offset = self._places[-1].offset + self._places[-1].length if self._places else 0
        self._digest.update(line)
        t = transcript
        self._places.append(Place(t.id, t.client_id, t.agent, t.session_index, t.started_at, offset, len(line)))
        return line

    @property
    def interaction_ids(self) -> tuple[str, ...]:
        """The interactions, in the order in which `interactions` yields them."""
        return tuple(arrange(self._places))

    def interactions(self, skip: frozenset[str] = frozenset()) -> Iterator[Interaction]:
        """Yield the interactions in order, but for those in `skip`."""
        shelf = self.shelf()
        for interaction_id, places in arrange(self._places).items():
            if interaction_id not in skip:
                agent, client = places[0].agent, places[0].client_id
                sessions = tuple(shelf[place.id] for place in places)
                yield Interaction(id=interaction_id, agent=agent, client_id=client, sessions=sessions)

    def shelf(self) -> Shelf:
        """The transcripts by id, read when they are asked for."""
        return Shelf(self.path, {place.id: (place.offset, place.length) for place in self._places})


class Shelf(Mapping[str, Transcript]):
    """Transcripts by id, read from the file when they are asked for; the last few are kept."""

    def __init__(self, path: Path, places: Mapping[str, tuple[int, int]]) -> None:
        self._path = path
        self._places = places
        self._recent: dict[str, Transcript] = {}

    def __getitem__(self, transcript_id: str) -> Transcript:
        if transcript_id not in self._recent:
            offset, length = self._places[transcript_id]
            with self._path.open("rb") as stream:
                stream.seek(offset)
                transcript = Transcript.from_json(stream.read(length))
            while len(self._recent) >= _KEPT:
                del self._recent[next(iter(self._recent))]
            self._recent[transcript_id] = transcript
        return self._recent[transcript_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, transcript_id: object) -> bool:
        return transcript_id in self._places
