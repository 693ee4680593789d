"""ratings.jsonl: written one interaction at a time, so that a killed run can go on.

All statements about one interaction stand together, in one write. After a kill, at most
the last block can be incomplete; it is dropped and coded again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from dtnexus.errors import InputError
from dtnexus.rating import STATEMENT, Said

_WANTED = "ratings as `code` writes them"
_OURS = re.compile(rb'\{"interaction_id":("(?:[^"\\]|\\.)*"),')
"""How a line begins that this program wrote."""

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

    def append(self, lines: str) -> None:
        """Write all statements about one interaction, one a line, and hand them to the operating system."""
        self._stream.write(lines.encode())
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
    return _about(line)


def _about(line: bytes) -> str | None:
    """The interaction that a line is about; None where it is no statement."""
    ours = _OURS.match(line)
    try:
        value = {"interaction_id": json.loads(ours[1])} if ours else json.loads(line)
    except ValueError:
        return None
    about = value.get("interaction_id") if isinstance(value, dict) else None
    return about if isinstance(about, str) else None


class RawBlock(NamedTuple):
    """The statements about one interaction as they stand in a file."""

    interaction_id: str
    lines: tuple[tuple[int, bytes], ...]
    """Each with its number in the file, from 1."""
    path: str

    def statements(self) -> tuple[Said, ...]:
        """The statements, read.

        Raises:
            InputError: a line is no statement; names file and line.
        """
        return tuple(self._statement(number, line) for number, line in self.lines)

    def _statement(self, number: int, line: bytes) -> Said:
        try:
            return STATEMENT.validate_json(line)
        except ValueError:
            raise InputError(self.path, "a line that is no statement", _WANTED, number) from None


def raw_blocks(path: Path) -> Iterator[RawBlock]:
    """Yield the blocks of statements in the order of the file.

    Raises:
        InputError: the file cannot be read, or a line is about no interaction; names file and line.
    """
    for about, lines in groupby(_lines(path), key=lambda each: each[0]):
        yield RawBlock(about, tuple((number, line) for _, number, line in lines), str(path))


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield (interaction id, its statements) in the order of the file.

    Raises:
        InputError: the file cannot be read, or a line is no statement; names file and line.
    """
    for block in raw_blocks(path):
        yield block.interaction_id, block.statements()


def _lines(path: Path) -> Iterator[tuple[str, int, bytes]]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", _WANTED) from None
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            about = _about(line)
            if about is None:
                raise InputError(str(path), "a line that is no statement", _WANTED, number)
            yield about, number, line
