"""From what the user names (files, folders, patterns, ``-``) to the files to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path
from typing import IO

from dtnexus.ingest.feed import Feed, shown
from dtnexus.ingest.loss import Loss
from dtnexus.ingest.options import ReadOptions


def feeds_of(paths: Iterable[str | Path], options: ReadOptions, stdin: IO[bytes] | None) -> Iterator[Feed | Loss]:
    """Yield the files in a stable order: as named, folders and patterns sorted by name.

    Hidden files of folders are passed over. A file reached twice is read once, and that is said.
    """
    met: set[Path] = set()
    for named in map(str, paths):
        for found in _expand(named, options, stdin):
            if isinstance(found, Feed) and found.place is not None:
                place = found.place.resolve()
                if place in met:
                    yield Loss(path=found.path, kind="duplicate_dropped", detail="a file that was already read")
                    continue
                met.add(place)
            yield found


def _expand(named: str, options: ReadOptions, stdin: IO[bytes] | None) -> Iterator[Feed | Loss]:
    path = Path(named)
    encoding = options.encoding
    if named == "-":
        if stdin is None:
            yield _failed(named, "no standard input was given to read from")
        else:
            yield Feed("-", stdin.read(), encoding=encoding)
    elif path.is_dir():
        yield from _folder(named, (one for one in sorted(path.rglob("*")) if not _hidden(one, path)), encoding)
    elif path.is_file():
        yield Feed(named, path, encoding=encoding)
    elif has_magic(named):
        yield from _folder(named, (Path(one) for one in sorted(glob(named, recursive=True))), encoding)
    elif path.exists():
        try:
            yield Feed(named, path.read_bytes(), encoding=encoding)
        except OSError as error:
            yield _failed(named, error.strerror or "it cannot be read")
    else:
        yield _failed(named, "no such file or folder")


def _folder(named: str, found: Iterator[Path], encoding: str | None) -> Iterator[Feed | Loss]:
    empty = True
    for one in found:
        if one.is_file():
            empty = False
            yield Feed(str(one), one, named=False, encoding=encoding)
    if empty:
        yield _failed(named, "there is no file in it")


def _hidden(one: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in one.relative_to(folder).parts)


def _failed(path: str, detail: str) -> Loss:
    return Loss(path=shown(path), kind="file_failed", detail=detail)
