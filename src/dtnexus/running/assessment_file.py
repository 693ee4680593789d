"""An assessments.jsonl as a sequence: read from the disk whenever it is asked for, never held in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from dtnexus.assessment import Assessment
from dtnexus.record import read_placed


class AssessmentFile(Sequence[Assessment]):
    """The assessments of a file in their order. Holds where each line begins, and nothing else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offsets: array[int] | None = None
        self._met = array("Q")
        """As far as the last pass has come."""

    def __iter__(self) -> Iterator[Assessment]:
        """Yield the assessments, in order.

        Raises:
            InputError: a line is no assessment; names file and line.
        """
        met = self._met = array("Q")
        for offset, _, assessment in read_placed(self.path, Assessment):
            met.append(offset)
            yield assessment
        self._offsets = met

    def __len__(self) -> int:
        return len(self._known())

    @overload
    def __getitem__(self, at: int) -> Assessment: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Assessment]: ...

    def __getitem__(self, at: int | slice) -> Assessment | Sequence[Assessment]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        return Assessment.from_json(self.line(at))

    def line(self, at: int) -> bytes:
        """The line of an assessment, unread."""
        offsets = self._met if 0 <= at < len(self._met) else self._known()
        with self.path.open("rb") as stream:
            stream.seek(offsets[at])
            return stream.readline()

    def _known(self) -> array[int]:
        if self._offsets is None:
            self._offsets = array("Q")
            with self.path.open("rb") as stream:
                at = 0
                for line in stream:
                    if line.strip():
                        self._offsets.append(at)
                    at += len(line)
        return self._offsets
