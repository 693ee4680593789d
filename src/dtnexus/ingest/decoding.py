"""Bytes to lines: byte order marks, UTF-8, and an honest fallback that is reported."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")
"""Control characters that stand in no text."""


class Decoding:
    """One pass over the bytes of a file; afterwards it can say what was guessed."""

    def __init__(self, encoding: str | None = None) -> None:
        """`encoding` None: found from the bytes."""
        self._encoding = encoding
        self.first_guess: int | None = None
        """First line that was no UTF-8, from 1."""
        self.guessed = 0
        """Lines that were no UTF-8 and were read as Windows-1252."""
        self.accented = 0
        """Lines that were UTF-8 and not plain ASCII."""
        self.undecodable = 0
        """Characters that the declared encoding could not read."""

    def lines(self, stream: IO[bytes]) -> Iterator[str]:
        r"""Yield the lines of a seekable stream, each with its ``\n``; ``\r\n`` becomes ``\n``."""
        start = stream.read(4)
        stream.seek(0)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        declared = marked or self._encoding
        if declared and codecs.lookup(declared).name != "utf-8":
            yield from self._declared(stream, declared)
            return
        if start.startswith(codecs.BOM_UTF8):
            stream.seek(len(codecs.BOM_UTF8))
        for number, line in enumerate(stream, start=1):
            if line.endswith(b"\r\n"):
                line = line[:-2] + b"\n"
            yield self._line(line, number)

    def _declared(self, stream: IO[bytes], encoding: str) -> Iterator[str]:
        with io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n") as reader:
            for line in reader:
                self.undecodable += line.count("\ufffd")
                yield line[:-2] + "\n" if line.endswith("\r\n") else line

    def _line(self, line: bytes, number: int) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self.guessed += 1
            self.first_guess = self.first_guess or number
            try:
                return line.decode("cp1252")
            except UnicodeDecodeError:
                return line.decode("latin-1")
        self.accented += not text.isascii()
        return text


def is_binary(start: bytes) -> bool:
    """Whether the first bytes of a file are no text: known marks or many control characters."""
    if any(start.startswith(mark) for mark, _ in _MARKS):
        return False
    if start.startswith(
        (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"SQLite format 3\0", b"PAR1", b"\x7fELF")
    ):
        return True
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return controls > 8 and controls * 20 > len(start)
