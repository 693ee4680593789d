"""Server-sent events: pieces of bytes in, events out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def events(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each event, in order; comments, names and ids are passed over.

    An event that the end of the stream cuts off is not given: what it held is not known to be whole.
    """
    data: list[str] = []
    for line in lines(pieces):
        if not line:
            if data:
                yield "\n".join(data)
                data = []
            continue
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The complete lines of a stream, without their ends (LF, CR LF or CR)."""
    rest = b""
    for piece in pieces:
        rest += piece
        parts = rest.replace(b"\r\n", b"\n")
        if parts.endswith(b"\r"):  # the LF may follow in the next piece
            complete, held = parts[:-1], b"\r"
        else:
            complete, held = parts, b""
        *whole, rest = complete.replace(b"\r", b"\n").split(b"\n")
        rest += held
        for line in whole:
            yield line.decode("utf-8", "replace")
    if rest.endswith(b"\r"):
        yield rest[:-1].decode("utf-8", "replace")
