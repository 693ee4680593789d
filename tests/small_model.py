"""A real small language model for tests: started as a process of its own, stopped with the block."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = ROOT / ".small-model" / "bin" / "python"
NEEDS_MODEL: Final = pytest.mark.skipif(not PYTHON.exists(), reason="no small model here; `make small-model` makes it")


class SmallModel(NamedTuple):
    """Where it listens."""

    follow: str
    """Base URL at which a schema is followed."""
    ignore: str
    """The same, and a schema is taken and not followed."""
    refuse: str
    """The same, and a schema is refused."""
    counts_at: str

    def counts(self) -> dict[str, int]:
        """What it was asked and what it answered so far."""
        with urllib.request.urlopen(self.counts_at, timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
            return found

    def complete(self, base_url: str | None = None, **body: Any) -> dict[str, Any]:
        """A whole completion."""
        found: dict[str, Any] = json.loads(self.raw(base_url, **body))
        return found

    def raw(self, base_url: str | None = None, **body: Any) -> bytes:
        """The body that comes back, as it is."""
        url = f"{base_url or self.follow}/chat/completions"
        request = urllib.request.Request(url, json.dumps({"model": "smollm2", **body}).encode())
        with urllib.request.urlopen(request, timeout=600) as answer:
            raw: bytes = answer.read()
            return raw


@contextmanager
def small_model(most_tokens: int = 120, *more: str) -> Iterator[SmallModel]:
    """The model behind a server on a free port, started with more options; free texts have at most so many tokens."""
    command = [str(PYTHON), "-m", "benchmarks.small_model.server", "--until-input-ends"]
    command += ["--most-tokens", str(most_tokens), *more]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the small model did not start"
        at = json.loads(line)
        yield SmallModel(at["follow"], at["ignore"], at["refuse"], at["counts"])
    finally:
        process.terminate()
        process.wait(30)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
