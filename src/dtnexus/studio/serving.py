"""Serving the studio on a port of this machine until it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI

from dtnexus.errors import UsageError


class _Server(uvicorn.Server):
    """Says when it takes connections."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Begin to take connections, then say so."""
        await super().startup(sockets)
        if self.started:
            self._started()


def serve(app: FastAPI, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until the process is interrupted or terminated, and return; port 0 takes a free one.

    Addresses are logged nowhere: links that let somebody in are addresses too.

    Args:
        app: what `make_app` made.
        host: the address to listen at.
        port: the port, 0 for any free one.
        ready: called with the studio's address as soon as connections are taken.

    Raises:
        UsageError: the port is taken, or this user may not use it.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,  # whom we believe is said in the settings
    )
    try:
        listening = config.bind_socket()
    except (OSError, SystemExit):
        raise UsageError(f"--port {port}: cannot be used at {host}. Choose another one, or 0 for a free one.") from None
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    signal.signal(signal.SIGTERM, _interrupted)  # the server raises the signal again when it has stopped
    with listening, suppress(KeyboardInterrupt):
        _Server(config, lambda: ready(address)).run(sockets=[listening])


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt
