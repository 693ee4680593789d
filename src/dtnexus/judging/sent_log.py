"""What left the machine, line by line: digests, times, host and tokens, never a word.

A line is written before a call is sent and another when something came of it, so that the log also names the
calls that a kill cut off. A limit of calls or cost counts over the whole log of a folder.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from pydantic import ValidationError

from dtnexus.record import Record


class Sent(Record):
    """A line of the log."""

    at: datetime
    event: Literal["sent", "came"]
    number: str
    """Ties the two lines of one call together."""
    judge: str
    host: str
    call: str
    """Digest of the call: prompt, instructions and schema."""
    outcome: str = ""
    """``came``: how it ended."""
    input_tokens: int
    """``sent``: as estimated. ``came``: as the provider counts, or what is reckoned where it does not say."""
    output_tokens: int
    """``sent``: the longest answer that is taken."""


class SentLog:
    """Appends to the log of a folder; several threads may write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stream: IO[str] | None = None

    def lines(self) -> Iterator[Sent]:
        """What the log holds; a line that a kill has cut is left out."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as stream:
            for line in stream:
                try:
                    yield Sent.from_json(line)
                except ValidationError:
                    continue

    def write(self, line: Sent) -> None:
        """Write a line and hand it to the operating system."""
        with self._lock:
            if self._stream is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                cut = (
                    self.path.is_file() and not self.path.read_bytes().endswith(b"\n") and self.path.stat().st_size > 0
                )
                self._stream = self.path.open("a", encoding="utf-8", newline="\n")
                self._stream.write("\n" if cut else "")
            self._stream.write(f"{line.to_json()}\n")
            self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None


def _is_cut(path: Path) -> bool:
    """Whether a kill has left a line without its end."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read(1) != b"\n"


def now() -> datetime:
    """The time, as the log writes it."""
    return datetime.now(UTC)
