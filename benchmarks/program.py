"""The installed program, run and watched from outside: time, processor time, memory of all its processes."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_EVERY_S = 0.1


class Measured(NamedTuple):
    """What one call of the program took."""

    code: int
    wall_s: float
    processor_s: float
    """Of the program and all processes that it started, user and system together."""
    peak_mb: float
    """Highest sum of the resident memory of all its processes, in units of 2**20 bytes.

    Pages that several processes share are counted once for each.
    """


def processor() -> str:
    """What the processor calls itself, its cores, and whether it multiplies whole numbers in one step (VNNI).

    The encoder computes in whole numbers: without that step it is about half as fast.
    """
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    flags = told.get("flags", told.get("Features", "")).split()
    steps = sorted({"avx2", "avx512f", "avx_vnni", "avx512_vnni", "asimddp"} & set(flags))
    name = told.get("model name", platform.processor() or platform.machine())
    return f"{name}, {os.cpu_count()} cores, {' '.join(steps) or 'instructions unknown'}"


def command(*arguments: str | Path) -> list[str]:
    """The command line that runs the installed `dtnexus`."""
    beside = Path(sys.executable).with_name("dtnexus")
    entry = [str(beside)] if beside.exists() else [sys.executable, "-c", "from dtnexus.cli.main import main; main()"]
    return [*entry, *map(str, arguments)]


def measured(call: Sequence[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a command to its end, silently, and measure it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, env=environment)
    peak = _Peak(process.pid)
    peak.start()
    code = process.wait()
    wall = time.perf_counter() - began
    peak.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(code, wall, spent, peak.bytes / 2**20)


class _Peak(threading.Thread):
    """Looks at the memory of a process and its descendants, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self.bytes = max(self.bytes, sum(map(_resident, _tree(self._pid))))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(pid: int) -> list[int]:
    """A process and all its descendants (Linux)."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which Python keeps compiled modules in a folder, as an installed package has them."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
