"""A PostgreSQL of our own for the tests: a temporary cluster on loopback, from Debian's package."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

URL_VARIABLE = "DTNEXUS_TEST_POSTGRES"
"""Names a PostgreSQL to use instead; the tests make and drop databases of their own in it."""

_PACKAGED = Path("/usr/lib/postgresql")
_UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, the newest one; None where PostgreSQL is not installed."""
    found = sorted(_PACKAGED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def cluster() -> Iterator[str | None]:
    """The URL of a running PostgreSQL; None where there is none and none can be started."""
    given = os.environ.get(URL_VARIABLE)
    folder = programs()
    if given or folder is None:
        yield given
        return
    user = _UNPRIVILEGED if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="dtnexus-pg-") as root:
        if user is not None:
            shutil.chown(root, user)
        data, port = Path(root) / "data", _free_port()
        _run([folder / "initdb", "-D", data, "-U", "studio", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], user)
        asked = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off -c max_connections=200"
        control: list[str | Path] = [folder / "pg_ctl", "-D", data, "-l", Path(root) / "log", "-w"]
        _run([*control, "-o", asked, "start"], user)
        try:
            yield f"postgresql://studio@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"], user)


def _run(command: Sequence[str | Path], user: str | None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd="/")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
