"""Inspect's `.eval` logs, a zip of JSON, as JSON lines: the head of the log first, then one sample a line."""

from __future__ import annotations

import importlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, Final

ZIP: Final = b"PK\x03\x04"
HEAD: Final = "header.json"
BEGUN: Final = "_journal/start.json"
"""What stands in for `HEAD` while a log is being written, and for ever where the writing was cut off."""
_KEPT: Final = ("version", "status", "eval")
"""The parts of the head that say where the samples come from."""
_LONG: Final = ("dataset", "scorers", "metrics", "packages", "revision")
"""Parts of `eval` that say nothing about a conversation and may be long."""
_SAMPLE: Final = re.compile(r"samples/(.+)_epoch_(\d{1,9})\.json\Z", re.DOTALL)
_ZSTD: Final = 93
_LOCAL_HEADER: Final = 30
_CHUNK: Final = 1 << 20


def unpacked(stream: IO[bytes]) -> IO[bytes] | None:
    """The log in a zip, as a stream of JSON lines that can be sought; None where the zip holds no log of Inspect.

    The samples come in the order of the data set, whichever ended first. One is held in memory at a time. A name
    that is there twice counts as it was written last.

    Raises:
        zipfile.BadZipFile: the zip is damaged.
    """
    archive = zipfile.ZipFile(stream)
    members = {member.filename: member for member in archive.infolist()}
    head = members.get(HEAD, members.get(BEGUN))
    if head is None:
        return None
    order = _order(_content(stream, head))
    found = [(*_place(match, order), member) for name, member in members.items() if (match := _SAMPLE.match(name))]
    samples = [member for _, _, member in sorted(found, key=lambda each: each[:2])]
    return io.BufferedReader(_Lines(stream, head, samples))


def _order(head: bytes) -> dict[str, int]:
    """The ids of the samples in the order of the data set, as far as the head tells it."""
    try:
        told = json.loads(head)["eval"]["dataset"]["sample_ids"]
    except (ValueError, LookupError, TypeError):
        return {}
    return {str(name): at for at, name in enumerate(told)} if isinstance(told, list) else {}


def _place(match: re.Match[str], order: Mapping[str, int]) -> tuple[int, int]:
    return order.get(match[1], len(order)), int(match[2])


class _Lines(io.RawIOBase):
    """The lines, made while they are read; seeking back begins anew."""

    def __init__(self, packed: IO[bytes], head: zipfile.ZipInfo, samples: list[zipfile.ZipInfo]) -> None:
        self._packed, self._head, self._samples = packed, head, samples
        self._lines = self._made()
        self._rest = b""
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Begin anew and go on to `offset`, counted from the beginning."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the beginning")
        self._lines, self._rest, self._at = self._made(), b"", 0
        while self._at < offset and (taken := self.read(min(_CHUNK, offset - self._at))):
            del taken
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one line goes; 0 at the end."""
        while not self._rest:
            following = next(self._lines, None)
            if following is None:
                return 0
            self._rest = following
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        self._at += len(taken)
        return len(taken)

    def _made(self) -> Iterator[bytes]:
        yield _short(_content(self._packed, self._head)) + b"\n"
        for sample in self._samples:
            # a line break inside a JSON text can only stand between its parts
            yield _content(self._packed, sample).replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def _short(head: bytes) -> bytes:
    """The head without what may be long; as it is where it is no object."""
    try:
        value = json.loads(head)
    except ValueError:
        return head.replace(b"\n", b" ")
    if not isinstance(value, dict):
        return head.replace(b"\n", b" ")
    kept = {key: value[key] for key in _KEPT if key in value}
    if isinstance(kept.get("eval"), dict):
        kept["eval"] = {key: one for key, one in kept["eval"].items() if key not in _LONG}
    return json.dumps(kept).encode()


def _content(packed: IO[bytes], member: zipfile.ZipInfo) -> bytes:
    """The content of a member.

    Raises:
        zipfile.BadZipFile: it is damaged, encrypted, or packed in a way that is not known.
    """
    packed.seek(member.header_offset)
    local = packed.read(_LOCAL_HEADER)
    if len(local) < _LOCAL_HEADER or not local.startswith(ZIP) or member.flag_bits & 1:
        raise zipfile.BadZipFile
    packed.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), io.SEEK_CUR)
    raw = packed.read(member.compress_size)
    content = _plain(raw, member.compress_type)
    if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
        raise zipfile.BadZipFile
    return content


def _plain(raw: bytes, method: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        return raw
    if method == zipfile.ZIP_DEFLATED:
        return zlib.decompress(raw, wbits=-zlib.MAX_WBITS)
    if method == _ZSTD:
        pyarrow = importlib.import_module("pyarrow")  # slow to load, and seldom needed
        with pyarrow.CompressedInputStream(pyarrow.BufferReader(raw), "zstd") as stream:
            content: bytes = stream.read()
            return content
    raise zipfile.BadZipFile
