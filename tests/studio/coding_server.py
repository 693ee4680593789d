"""A real studio on loopback for the browser tests: `python -m tests.studio.coding_server DATABASE PORT`."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import uvicorn

from dtnexus.storage.database import open_database, sqlite_url
from dtnexus.studio.app import make_app
from dtnexus.studio.settings import StudioSettings

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Server:
    """A studio in a process of its own, which can be killed and started again on the same database and port."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "tests.studio.coding_server", str(self.database), str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError):
                assert self._process.poll() is None, "the studio did not start"
                time.sleep(0.1)
        raise AssertionError("the studio does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def main() -> None:
    """Serve a database on a port until killed."""
    database = open_database(sqlite_url(Path(sys.argv[1])))
    uvicorn.run(make_app(StudioSettings(database)), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")


if __name__ == "__main__":
    main()
