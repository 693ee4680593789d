"""One process at a time in a folder; the system frees what a killed one held."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dtnexus.errors import UsageError

if sys.platform == "win32":
    import msvcrt

    _HELD: tuple[type[OSError], ...] = (OSError,)

    def _hold(stream: IO[bytes]) -> None:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    _HELD: tuple[type[OSError], ...] = (BlockingIOError, PermissionError)

    def _hold(stream: IO[bytes]) -> None:
        fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Hold a file while the block runs; it is there meanwhile and gone afterwards.

    A file that a killed process has left behind hinders nobody: what counts is whether a living process holds it.
    Children of the process do not hold it, and within one process it keeps nobody out.

    Raises:
        UsageError: another process holds it; says `refusal`, and nothing was changed.
    """
    stream = _taken(path, refusal)
    try:
        yield
    finally:
        with suppress(PermissionError):  # where an open file cannot be removed it stays, and hinders nobody
            path.unlink(missing_ok=True)
        stream.close()


def _taken(path: Path, refusal: str) -> IO[bytes]:
    while True:
        stream = path.open("ab")
        try:
            _hold(stream)
        except OSError as error:
            stream.close()
            if isinstance(error, _HELD):
                raise UsageError(refusal) from None
            where = f"{path.parent} cannot be locked ({error.strerror})"
            raise UsageError(f"{where}; take a folder on a disk of this machine") from None
        if _still_there(path, stream):
            return stream
        stream.close()  # whoever held it has just removed it


def _still_there(path: Path, stream: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False
