"""ratings.jsonl: written one interaction at a time, so that a killed run can go on.

All statements about one interaction stand together, in one write. After a kill, at most
the last block can be incomplete; it is dropped and coded again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from dtnexus.errors import InputError
from dtnexus.rating import STATEMENT, Said

Block = tuple[str, tuple[Said, ...]]
"""An interaction's id and everything that was said of it."""


class RatingsLog:
    """Appends blocks of statements to a file; `done` holds the interactions already there."""

    def __init__(self, path: Path) -> None:
        """Open the file and drop its last block, which a kill may have cut."""
        self.path = path
        self.done: set[str] = set()
        end = self._recover() if path.exists() else 0
        self._stream = path.open("r+b" if path.exists() else "wb")
        self._stream.seek(end)
        self._stream.truncate()

    def _recover(self) -> int:
        last, block_start, offset = None, 0, 0
        with self.path.open("rb") as stream:
            for line in stream:
                about = _interaction_of(line)
                if about is None:
                    break
                if about != last:
                    if last is not None:
                        self.done.add(last)
                    last, block_start = about, offset
                offset += len(line)
        return block_start

    def append(self, said: Sequence[Said]) -> None:
        """Write all statements about one interaction and hand them to the operating system."""
        self._stream.write("".join(f"{statement.to_json()}\n" for statement in said).encode())
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def _interaction_of(line: bytes) -> str | None:
    if not line.endswith(b"\n"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    about = value.get("interaction_id") if isinstance(value, dict) else None
    return about if isinstance(about, str) else None


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield (interaction id, its statements) in the order of the file.

    Raises:
        InputError: the file cannot be read, or a line is no statement; names file and line.
    """
    for about, lines in groupby(_statements(path), key=lambda statement: statement.interaction_id):
        yield about, tuple(lines)


def _statements(path: Path) -> Iterator[Said]:
    wanted = "ratings as `code` writes them"
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", wanted) from None
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                yield STATEMENT.validate_json(line)
            except ValueError:
                raise InputError(str(path), "a line that is no statement", wanted, number) from None
