"""The replies that are kept: one a line, found by their key, so that no call is made and paid for twice.

A line is written in one piece and handed to the operating system at once. After a kill at most the last line
is cut; it is never read, and the call is made again. Where a key stands twice the later line holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from pydantic import Field, ValidationError

from dtnexus.coding.judge.call import Reply
from dtnexus.record import FrozenMap, Record

_KEY: Final = re.compile(rb'\{"key":"([0-9a-f]{64})",')
_FINAL: Final = frozenset({None, "refused", "truncated", "unparseable"})


class StoredReply(Record):
    """A reply with what it is the reply to, and what it cost."""

    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    """See `JudgeTarget.key_of`."""
    judge: str
    """``provider/model`` as asked for."""
    model: str
    """Model id as returned; empty where it was not."""
    libraries: FrozenMap[str, str]
    """Name -> version of what spoke with the provider."""
    input_tokens: int | None
    """As the provider counts; None where it does not say."""
    output_tokens: int | None
    reply: Reply

    @property
    def is_final(self) -> bool:
        """Whether the model has answered, well or badly. Otherwise the call is made again in the next run."""
        return self.reply.cause in _FINAL


class ReplyStore:
    """The replies in a file; places are held in memory and the replies read when they are needed."""

    def __init__(self, path: Path) -> None:
        """Find the replies in the file; none where there is no such file. Nothing is written yet."""
        self.path = path
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = 0
        self._whole = True
        self._out: IO[bytes] | None = None
        if path.is_file():
            self._find()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def _find(self) -> None:
        with self.path.open("rb") as stream:
            for line in stream:
                found = _KEY.match(line)
                self._whole = line.endswith(b"\n")
                if found is not None and self._whole:
                    self._places[bytes.fromhex(found[1].decode())] = (self._end, len(line))
                self._end += len(line)

    def get(self, key: str) -> StoredReply | None:
        """The reply under a key; None where there is none that can be read."""
        place = self._places.get(bytes.fromhex(key))
        if place is None:
            return None
        with self.path.open("rb") as stream:
            stream.seek(place[0])
            line = stream.read(place[1])
        try:
            return StoredReply.from_json(line)
        except ValidationError:
            return None

    def final(self, key: str) -> StoredReply | None:
        """The reply under a key, where the model has answered."""
        found = self.get(key)
        return found if found is not None and found.is_final else None

    def add(self, stored: StoredReply) -> None:
        """Keep a reply: one line, written in one piece."""
        if self._out is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._out = self.path.open("ab", buffering=0)
            if not self._whole:
                self._end += self._out.write(b"\n")
            self._end = self._out.seek(0, 2)
        line = f"{stored.to_json()}\n".encode()
        self._out.write(line)
        self._end = self._out.tell()
        self._places[bytes.fromhex(stored.key)] = (self._end - len(line), len(line))

    def keys(self) -> Iterator[str]:
        """The keys of the replies."""
        return (key.hex() for key in self._places)
