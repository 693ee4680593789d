"""Feed: one file or stream that can be read more than once; Sample: how it begins."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import IO, cast

from pydantic import JsonValue

from dtnexus.errors import InputError
from dtnexus.ingest.decoding import Decoding, is_binary
from dtnexus.ingest.json_text import begin_of, parsed, whole_lines
from dtnexus.ingest.loss import Loss, LossKind
from dtnexus.ingest.packed_log import ZIP, unpacked

SAMPLE_CHARACTERS = 65_536
SAMPLE_LINES = 20


@dataclass(frozen=True)
class Sample:
    """How a file begins: what a reader looks at to say whether it can read it."""

    ending: str
    """Lower case with the dot, without ``.gz``; empty where the name has none."""
    text: str
    complete: bool
    """Whether `text` is the whole file."""

    @cached_property
    def lines(self) -> list[str]:
        """The whole lines of the sample, without line ends."""
        lines = self.text.split("\n")
        return lines if self.complete or len(lines) == 1 else lines[:-1]

    @cached_property
    def values(self) -> list[JsonValue]:
        """The first JSON values: those of the lines, or the beginning of the one document; empty if no JSON."""
        lines = [line for line in self.lines if line.strip()][:SAMPLE_LINES]
        if whole_lines(lines):
            found = (parsed(line) for line in lines)
            return [value for value in found if isinstance(value, dict | list)]
        text = self.text.strip()
        if not text.startswith(("{", "[")):
            return []
        value = parsed(text) if self.complete else begin_of(text)
        return [value] if isinstance(value, dict | list) else []


def shown(path: str) -> str:
    """A file name as text that can be stored: bytes that are no UTF-8 become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _rewound(stream: IO[bytes]) -> IO[bytes]:
    stream.seek(0)
    return stream


class Feed:
    """One file or stream. Streams are held in memory, never written to disk."""

    def __init__(self, path: str, content: Path | bytes, *, named: bool = True, encoding: str | None = None) -> None:
        """`named` is False for a file that was only met in a folder or by a pattern."""
        self.path = shown(path)
        self.place = content if isinstance(content, Path) else None
        """The file itself, where there is one; its name may hold bytes that `path` cannot show."""
        self.named = named
        self._content = content
        self._encoding = encoding
        self._decoding = Decoding(encoding)
        name = "stdin" if path == "-" else PurePath(self.path).name
        if name.lower().endswith(".gz"):
            name = name[:-3]
        self.stem = PurePath(name).stem or name
        """The file's name without its ending: the id of a transcript that names none."""
        self.ending = PurePath(name).suffix.lower()

    @contextmanager
    def _bytes(self) -> Iterator[IO[bytes]]:
        try:
            with io.BytesIO(self._content) if isinstance(self._content, bytes) else self._content.open("rb") as stream:
                start = stream.read(4)
                stream.seek(0)
                if start.startswith(b"\x1f\x8b"):
                    with gzip.open(stream) as plain:
                        yield cast(IO[bytes], plain)
                else:
                    yield (unpacked(stream) if start == ZIP else None) or _rewound(stream)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            given = (error.strerror if isinstance(error, OSError) else None) or "the packed data is damaged"
            raise InputError(self.path, given, "a file that can be read to its end") from None

    def lines(self) -> Iterator[str]:
        r"""Yield the lines, each with its ``\n``; starts from the beginning at each call.

        Raises:
            InputError: the file cannot be opened or read to its end.
        """
        self._decoding = Decoding(self._encoding)
        with self._bytes() as stream:
            yield from self._decoding.lines(stream)

    def sample(self) -> Sample:
        """How the file begins.

        Raises:
            InputError: the file is empty, binary, or cannot be read.
        """
        with self._bytes() as stream:
            start = stream.read(8192)
        if not start:
            raise InputError(self.path, "the file is empty", "a file with a conversation")
        if self._encoding is None and is_binary(start):
            raise InputError(
                self.path,
                "binary data",
                "text (UTF-8, or UTF-16 with a byte order mark) or a log of Inspect; unpack other archives first",
            )
        taken: list[str] = []
        left = SAMPLE_CHARACTERS
        complete = True
        for line in self.lines():
            if len(line) > left:
                taken.append(line[:left])
                complete = False
                break
            taken.append(line)
            left -= len(line)
        text = "".join(taken)
        if complete and not text.strip():
            raise InputError(self.path, "only white space", "a file with a conversation")
        return Sample(self.ending, text, complete)

    def loss(self, kind: LossKind, detail: str, line: int | None = None, count: int = 1) -> Loss:
        """A loss of this file."""
        return Loss(path=self.path, line=line, kind=kind, count=count, detail=detail)

    def decoding_losses(self) -> Iterator[Loss]:
        """What the last pass over the file had to guess about its encoding."""
        seen = self._decoding
        if seen.guessed:
            mixed = "mixed encodings: lines" if seen.accented else "lines"
            detail = f"{mixed} that are no UTF-8, read as Windows-1252; name the encoding if that is wrong"
            yield self.loss("encoding_guessed", detail, seen.first_guess, seen.guessed)
        if seen.undecodable:
            yield self.loss(
                "characters_replaced", "characters that the file's encoding cannot hold", None, seen.undecodable
            )
