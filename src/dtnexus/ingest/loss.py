"""What reading cost: every loss as a value, and the report of a whole batch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dtnexus.record import FrozenMap, Record

LossKind = Literal[
    "turns_merged",
    "parts_joined",
    "parts_dropped",
    "role_guessed",
    "conversation_guessed",
    "one_sided",
    "row_dropped",
    "reordered",
    "duplicate_dropped",
    "renamed",
    "branch_dropped",
    "not_said_dropped",
    "no_words_dropped",
    "characters_replaced",
    "encoding_guessed",
    "fields_ignored",
    "file_skipped",
    "line_failed",
    "file_failed",
    "runs_not_played",
    "runs_in_part",
    "runs_invalid",
    "replies_empty",
]
"""``file_skipped`` is a file met in a folder in which no reader finds a conversation; the last four are of probes."""

FAILURES: frozenset[LossKind] = frozenset({"line_failed", "file_failed"})
"""The kinds that mean: words that were asked for are missing."""


class Loss(Record):
    """One way in which what was read differs from what stands in the file. Holds no transcript text."""

    path: str
    """As given by the user or found in a folder; ``-`` is standard input."""
    line: int | None = None
    """First line concerned, from 1; None where the format has no lines."""
    kind: LossKind
    count: int = Field(default=1, ge=1)
    """How many turns, rows, characters or lines, as `detail` says."""
    detail: str

    @property
    def failure(self) -> bool:
        """Whether something that was asked for is missing."""
        return self.kind in FAILURES

    def __str__(self) -> str:
        """The loss as one line: ``file:line: kind x count: detail``."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        times = f" x {self.count}" if self.count > 1 else ""
        return f"{where}: {self.kind}{times}: {self.detail}"


class ReadReport(Record):
    """What a batch gave and what it cost."""

    files: int = Field(ge=0)
    """Files and streams that the transcripts and losses name."""
    transcripts: int = Field(ge=0)
    turns: int = Field(ge=0)
    """Turns of all transcripts, after merging."""
    formats: FrozenMap[str, int]
    """Transcripts by the format they were first read from; ``unknown`` where a record names no source."""
    losses: tuple[Loss, ...]

    @property
    def failures(self) -> tuple[Loss, ...]:
        """The losses that mean something asked for is missing."""
        return tuple(loss for loss in self.losses if loss.failure)

    @property
    def ok(self) -> bool:
        """Whether every file and line that was asked for was read."""
        return not self.failures

    def total(self, kind: LossKind) -> int:
        """The sum of the counts of one kind of loss."""
        return sum(loss.count for loss in self.losses if loss.kind == kind)
