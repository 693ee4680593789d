"""Transcripts on disk, read one interaction at a time, so that memory does not grow with the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from dtnexus.ingest.grouping import Place, places_by_interaction
from dtnexus.transcript import Interaction, Transcript


class Archive:
    """A transcripts.jsonl and the place of every session in it.

    Holds ids and offsets only; `interactions` reads the sessions when they are needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: list[Place] = []
        self._digest = hashlib.sha256()
        self.turns = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the file, 64 hex digits."""
        return self._digest.hexdigest()

    @property
    def transcripts(self) -> int:
        """How many sessions the file holds."""
        return len(self._places)

    @classmethod
    def write(cls, path: Path, transcripts: Iterable[Transcript]) -> Archive:
        """Write the transcripts in order; the file appears only when all are written."""
        archive = cls(path)
        part = path.with_name(path.name + ".part")
        offset = 0
        with part.open("wb") as stream:
            for transcript in transcripts:
                line = f"{transcript.to_json()}\n".encode("utf-8", "surrogatepass")
                stream.write(line)
                archive._digest.update(line)
                archive._places.append(Place.of(transcript, offset, len(line)))
                archive.turns += len(transcript.turns)
                offset += len(line)
        part.replace(path)
        return archive

    @property
    def interaction_ids(self) -> tuple[str, ...]:
        """The interactions, in the order in which `interactions` yields them."""
        return tuple(places_by_interaction(self._places))

    def interactions(self, skip: frozenset[str] = frozenset()) -> Iterator[Interaction]:
        """Yield the interactions in order, but for those in `skip`."""
        with self.path.open("rb") as stream:
            for interaction_id, places in places_by_interaction(self._places).items():
                if interaction_id in skip:
                    continue
                sessions = []
                for place in places:
                    stream.seek(place.offset)
                    sessions.append(Transcript.from_json(stream.read(place.length)))
                agent, client = places[0].agent, places[0].client_id
                yield Interaction(id=interaction_id, agent=agent, client_id=client, sessions=tuple(sessions))
