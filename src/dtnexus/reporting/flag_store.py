"""The safety-critical flags of a large corpus, on their way to its summary."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path
from textwrap import indent

from dtnexus.reporting.summary import Flag, Summary


class FlagStore:
    """Flags on their way to a summary, kept on the disk: a large corpus has more than memory should hold."""

    def __init__(self) -> None:
        """Empty; the flags stand in a file without a name, which goes when the store goes."""
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")
        weakref.finalize(self, self._file.close)
        self._count = 0

    def add(self, flags: Iterable[Flag]) -> None:
        """Keep the flags of the next interaction."""
        for flag in flags:
            text = indent(flag.model_dump_json(indent=2), "    ")
            self._file.write(f",\n{text}" if self._count else text)
            self._count += 1

    def write_summary(self, summary: Summary, path: Path) -> None:
        """Write a summary that was made without flags, with these in their place; the same bytes as `write_summary`."""
        before, empty, after = (summary.model_dump_json(indent=2) + "\n").partition('\n  "flags": [],\n')
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write(before)
            if self._count:
                out.write('\n  "flags": [\n')
                self._file.seek(0)
                shutil.copyfileobj(self._file, out)
                out.write("\n  ],\n")
            else:
                out.write(empty)
            out.write(after)
