"""Reader: what reads one format. A reader of your own needs these five things and no registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from dtnexus.ingest.draft import Draft
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.loss import Loss
from dtnexus.ingest.options import ReadOptions
from dtnexus.transcript import Transcript

Output = Draft | Transcript | Loss
"""What a reader yields. A Transcript is taken as it is; a Draft has its roles settled."""


class Reader(Protocol):
    """Reads one format."""

    @property
    def name(self) -> str:
        """The word that stands in `Source.format`."""

    @property
    def endings(self) -> tuple[str, ...]:
        """File endings of this format, with the dot; they only break ties."""

    @property
    def splits_turns(self) -> bool:
        """Whether the format cuts one turn into several entries, which are then joined."""

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """How sure this reader is that the file is its own: 0 (not) to 1; below 0.3 is a weak claim."""

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield the conversations of a file and what they cost, in order.

        Raises:
            InputError: the whole file cannot be read; one bad line is a Loss.
        """
