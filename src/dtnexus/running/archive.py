"""Transcripts on disk, read one interaction at a time, so that memory does not grow with the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from dtnexus.ingest.grouping import arrange
from dtnexus.record import read_placed
from dtnexus.reporting.summary import Session
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
    turns: int
    language: str | None


class Parcel(NamedTuple):
    """An interaction as it stands in the file; goes to another process at little cost."""

    interaction_id: str
    sessions: tuple[bytes, ...]
    """The lines of its sessions, in order."""

    def interaction(self) -> Interaction:
        """The interaction, read."""
        sessions = tuple(Transcript.from_json(line) for line in self.sessions)
        first = sessions[0]
        return Interaction(id=self.interaction_id, agent=first.agent, client_id=first.client_id, sessions=sessions)


class Archive:
    """A transcripts.jsonl and the place of every session in it.

    Holds ids and offsets only; `parcels` reads the sessions when they are needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: list[Place] = []
        self._agents: dict[Agent, Agent] = {}
        """Each agent once, however many sessions it has."""
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the file that was written, 64 hex digits."""
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
        for offset, length, transcript in read_placed(path, Transcript):
            archive._keep(transcript, offset, length)
        return archive

    def move(self, path: Path) -> None:
        """Move the file, over another where one stands there."""
        self.path.replace(path)
        self.path = path

    def _add(self, transcript: Transcript) -> bytes:
        line = f"{transcript.to_json()}\n".encode()
        self._digest.update(line)
        self._keep(transcript, self.size, len(line))
        return line

    def _keep(self, t: Transcript, offset: int, length: int) -> None:
        agent = self._agents.setdefault(t.agent, t.agent)
        self._places.append(
            Place(t.id, t.client_id, agent, t.session_index, t.started_at, offset, length, len(t.turns), t.language)
        )

    @property
    def interaction_ids(self) -> tuple[str, ...]:
        """The interactions, in the order in which `parcels` yields them."""
        return tuple(arrange(self._places))

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._places[-1].offset + self._places[-1].length if self._places else 0

    def parcels(self, skip: frozenset[str] = frozenset()) -> Iterator[Parcel]:
        """Yield the interactions in order, but for those in `skip`."""
        with self.path.open("rb") as stream:
            for interaction_id, places in arrange(self._places).items():
                if interaction_id not in skip:
                    yield Parcel(interaction_id, tuple(_line(stream, place) for place in places))

    def parcels_at(self, at: Iterable[int]) -> Iterator[Parcel]:
        """Yield the interactions at some places, from 0, in the order of `parcels`."""
        every = list(arrange(self._places).items())
        with self.path.open("rb") as stream:
            for interaction_id, places in map(every.__getitem__, at):
                yield Parcel(interaction_id, tuple(_line(stream, place) for place in places))

    def interactions(self) -> Iterator[Interaction]:
        """Yield the interactions in order, read one at a time."""
        return (parcel.interaction() for parcel in self.parcels())

    def shelf(self) -> Shelf:
        """The transcripts by id, read when they are asked for."""
        return Shelf(self.path, {place.id: place for place in self._places})


def _line(stream: IO[bytes], place: Place) -> bytes:
    stream.seek(place.offset)
    return stream.read(place.length)


class Shelf(Mapping[str, Transcript]):
    """Transcripts by id, read from the file when they are asked for; the last few are kept."""

    def __init__(self, path: Path, places: Mapping[str, Place]) -> None:
        self._path = path
        self._places = places
        self._recent: dict[str, Transcript] = {}

    def __getitem__(self, transcript_id: str) -> Transcript:
        if transcript_id not in self._recent:
            with self._path.open("rb") as stream:
                transcript = Transcript.from_json(_line(stream, self._places[transcript_id]))
            while len(self._recent) >= _KEPT:
                del self._recent[next(iter(self._recent))]
            self._recent[transcript_id] = transcript
        return self._recent[transcript_id]

    def session(self, transcript_id: str) -> Session | None:
        """What a summary needs of a transcript, without reading it; None where it is not on the shelf."""
        place = self._places.get(transcript_id)
        return None if place is None else Session(place.turns, place.language)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, transcript_id: object) -> bool:
        return transcript_id in self._places
