"""Writing probes for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dtnexus.errors import UsageError
from dtnexus.probe import Probe
from dtnexus.reporting.probe_text import seed


def write_seeds(probes: Iterable[Probe], folder: Path) -> int:
    """Write each probe as a Markdown seed, ``ID.md``, and return how many were written.

    A file that holds the same already is left alone.

    Raises:
        UsageError: a file of this name holds something else; nothing is written then.
    """
    texts = {folder / f"{probe.id}.md": seed(probe) for probe in probes}
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise UsageError(f"{path} is there already and holds something else; name another folder with -o")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return len(texts)
