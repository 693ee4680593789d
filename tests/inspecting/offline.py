"""No network but loopback, for tests with a library that would look for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@contextmanager
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse every connection and every look-up of a name beyond this machine; gives what was refused."""
    refused: list[str] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(own: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            refused.append(str(address[0]))
            raise OSError("no network in this test")
        connect(own, address)

    def looking(host: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOOPBACK:
            refused.append(str(name))
            raise socket.gaierror("no network in this test")
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking)
    yield refused
