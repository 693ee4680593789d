"""Files that appear whole or not at all, so that a stopped command leaves nothing that looks finished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dtnexus.errors import UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a place to write to; what was written there stands at `path` when the block ends well.

    Folders on the way are made. A device or pipe is written to directly; a link is followed.

    Raises:
        UsageError: a folder stands at `path`.
    """
    refuse_folder(path)
    if is_device(path):
        yield path
        return
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(target)
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def part_of(path: Path) -> Path:
    """Where a file stands while it is being written."""
    return path.with_name(path.name + ".part")


def is_device(path: Path) -> bool:
    """Whether something that is no file stands there, such as ``/dev/stdout`` or a pipe."""
    return path.exists() and not path.is_file()


def refuse_folder(path: Path) -> None:
    """Refuse a place for a file where a folder stands, before any work is done.

    Raises:
        UsageError: a folder stands there.
    """
    if path.is_dir():
        raise UsageError(f"-o {path}: is a folder; a file is wanted. Name a file in it.")
