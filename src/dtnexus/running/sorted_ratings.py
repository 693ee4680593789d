"""Ratings in any order as ratings by interaction, on the disk: they may be more than memory should hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from pathlib import Path

from dtnexus.rating import STATEMENT, Said
from dtnexus.running.ratings_log import raw_blocks


class SortedRatings:
    """Statements by interaction, read from a copy of theirs when they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """Interaction -> offset and length of each of its pieces."""

    @classmethod
    def write(cls, path: Path, ratings: Iterable[Path]) -> SortedRatings:
        """Check the statements of some files and copy them to `path`, whose owner removes it.

        Raises:
            InputError: a file cannot be read, or a line is no statement; names file and line.
        """
        ratings_of = cls(path)
        at = 0
        with path.open("wb") as copy:
            for file in ratings:
                for block in raw_blocks(file):
                    block.statements()
                    piece = b"".join(line.rstrip(b"\n") + b"\n" for _, line in block.lines)
                    ratings_of._places[block.interaction_id].append((at, len(piece)))
                    at += copy.write(piece)
        return ratings_of

    @property
    def about(self) -> Set[str]:
        """The interactions that somebody said something of."""
        return self._places.keys()

    def of(self, interaction_id: str) -> list[Said]:
        """What was said of an interaction, file after file; nothing where nobody said anything."""
        said: list[Said] = []
        with self._path.open("rb") as copy:
            for offset, length in self._places.get(interaction_id, ()):
                copy.seek(offset)
                said += map(STATEMENT.validate_json, copy.read(length).rstrip(b"\n").split(b"\n"))
        return said
