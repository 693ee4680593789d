"""exchanges.jsonl: what was said, appended and synced one by one; a kill loses only what is in flight.

A run may be begun several times (attempts). Nothing is ever taken out of the file.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError

from dtnexus.errors import InputError
from dtnexus.probe_battery import Trouble
from dtnexus.probe_run import StopReason
from dtnexus.probing.targets.chat import Sent
from dtnexus.record import Record, first_fault


class _OfRun(Record):
    run: str
    attempt: int = Field(ge=0)


class Begun(_OfRun):
    """A run was begun."""

    kind: Literal["begun"] = "begun"


class Greeted(_OfRun):
    """The agent spoke first in a session."""

    kind: Literal["greeted"] = "greeted"
    session: int = Field(ge=0)
    text: str


class Answered(_OfRun):
    """A client turn was answered."""

    kind: Literal["answered"] = "answered"
    session: int = Field(ge=0)
    at: str
    branch: str
    paraphrase: int
    client: str
    agent: str
    answered_as: str | None = None


class Ended(_OfRun):
    """A run came to its end, or trouble ended it."""

    kind: Literal["ended"] = "ended"
    stopped: StopReason
    trouble: Trouble | None = None


class Withheld(_OfRun):
    """Words of a client played by a model that were not said, because they counsel; the run ends there."""

    kind: Literal["withheld"] = "withheld"
    session: int = Field(ge=0)
    at: str
    words: str
    how: Literal["advises", "comforts", "explores"]


Line = Annotated[Begun | Greeted | Answered | Withheld | Ended, Field(discriminator="kind")]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


@dataclass(slots=True)
class Attempt:
    """One attempt at a run, as far as it came."""

    run: str
    number: int
    greetings: dict[int, str] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)
    withheld: Withheld | None = None
    ended: Ended | None = None

    @property
    def complete(self) -> bool:
        """Whether it came to its end without trouble."""
        return self.ended is not None and self.ended.trouble is None

    def add(self, line: Line) -> None:
        """Take in what was written; words after an end begin it again."""
        match line:
            case Greeted():
                self.greetings[line.session] = line.text
                self.ended = None
            case Answered():
                self.answered.append(line)
                self.ended = None
            case Withheld():
                self.withheld = line
            case Ended():
                self.ended = line
            case Begun():
                pass


class ExchangeLog:
    """The file and what stands in it; may be written by several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file; a last line that a kill has cut is dropped.

        Raises:
            InputError: another line cannot be read; names file and line.
        """
        self.path = path
        self._runs: dict[str, list[Attempt]] = {}
        self._lock = threading.Lock()
        end = self._recover() if path.exists() else 0
        self._stream = path.open("r+b" if path.exists() else "w+b")
        self._stream.truncate(end)
        self._stream.seek(end)

    def _recover(self) -> int:
        end = 0
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n") or not line.strip(b"\0\n"):
                    break
                try:
                    self._take(_LINE.validate_json(line))
                except ValidationError as error:
                    if not stream.read(1):
                        break
                    raise InputError(
                        str(self.path), first_fault(error), "exchanges as `probe run` writes them", number
                    ) from None
                end += len(line)
        return end

    def _take(self, line: Line) -> None:
        attempts = self._runs.setdefault(line.run, [])
        if isinstance(line, Begun) or not attempts:
            attempts.append(Attempt(line.run, line.attempt))
        attempts[-1].add(line)

    def write(self, line: Line) -> None:
        """Append a line; it is on the disk when this returns."""
        with self._lock:
            self._stream.write(f"{line.to_json()}\n".encode())
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._take(line)

    def last(self, run: str) -> Attempt | None:
        """The last attempt at a run; None where it was never begun."""
        attempts = self._runs.get(run)
        return attempts[-1] if attempts else None

    def best(self, run: str) -> Attempt | None:
        """The attempt that counts: a complete one, else the one that came farthest, the later of equals."""
        attempts = self._runs.get(run, [])
        return max(attempts, key=lambda each: (each.complete, len(each.answered), each.number), default=None)

    def attempts(self, run: str) -> int:
        """How often a run was begun."""
        return len(self._runs.get(run, []))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


class SentLog:
    """sent.jsonl: when what went to whom, as digests; no words, no headers."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, run: str, session: int, sent: Sent) -> None:
        """Append a line."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "run": run, "session": session}
        with self._lock:
            self._stream.write(json.dumps({**line, **sent._asdict()}, ensure_ascii=False) + "\n")
            self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def answered_as(attempts: Iterable[Attempt | None]) -> tuple[str, ...]:
    """The names of models in the attempts, each once, sorted."""
    named = {line.answered_as for attempt in attempts if attempt is not None for line in attempt.answered}
    return tuple(sorted(name for name in named if name is not None))
