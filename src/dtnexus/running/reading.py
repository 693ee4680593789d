"""Reading inputs as a stream, with the losses collected on the way."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from dtnexus.errors import InputError
from dtnexus.ingest.loss import Loss, ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reading import read
from dtnexus.transcript import Transcript

_SHOWN = 20
"""Losses that the message names where nothing at all could be read."""


class Reading:
    """One pass over the inputs: transcripts as they come, and afterwards what reading them cost."""

    def __init__(self, inputs: Sequence[str], options: ReadOptions) -> None:
        self._inputs = inputs
        self._options = options
        self._formats: Counter[str] = Counter()
        self._files: set[str] = set()
        self._losses: list[Loss] = []
        self._turns = 0

    def transcripts(self) -> Iterator[Transcript]:
        """Yield the transcripts; the losses are in `report` when all are read.

        Raises:
            InputError: nothing at all could be read.
        """
        for one in read(self._inputs, self._options, stdin=sys.stdin.buffer):
            if isinstance(one, Loss):
                self._losses.append(one)
                self._files.add(one.path)
                continue
            self._turns += len(one.turns)
            self._formats[one.source.format if one.source else "unknown"] += 1
            if one.source:
                self._files.add(one.source.path)
            yield one
        if not self._formats:
            raise self._nothing()

    def _nothing(self) -> InputError:
        failures = [loss for loss in self._losses if loss.failure] or self._losses
        more = f"\n  and {len(failures) - _SHOWN} more" if len(failures) > _SHOWN else ""
        told = "".join(f"\n  {loss}" for loss in failures[:_SHOWN]) or "\n  no file was found"
        return InputError(", ".join(self._inputs), "no conversation could be read", f"at least one{told}{more}")

    def report(self) -> ReadReport:
        """What was read so far, and what it cost."""
        return ReadReport(
            files=len(self._files),
            transcripts=self._formats.total(),
            turns=self._turns,
            formats=dict(sorted(self._formats.items())),
            losses=tuple(self._losses),
        )
