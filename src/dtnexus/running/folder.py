"""A run is a folder: which run it holds, and where its files are."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import ValidationError

from dtnexus import __version__
from dtnexus.errors import UsageError
from dtnexus.rating import CoderRef
from dtnexus.record import FrozenMap, Record


class RunKey(Record):
    """What makes two runs the same run: inputs as read, settings, framework, coders, version."""

    version: str = __version__
    transcripts: str
    """SHA-256 of transcripts.jsonl."""
    framework: str
    framework_digest: str
    coders: tuple[CoderRef, ...]
    settings: FrozenMap[str, str]


class RunFolder:
    """The files of one run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = root / "run.json"
        self.transcripts = root / "transcripts.jsonl"
        self.ratings = root / "ratings.jsonl"
        self.assessments = root / "assessments.jsonl"
        self.reading = root / "reading.json"
        self.summary = root / "summary.json"
        self.table = root / "assessments.csv"
        self.report = root / "report.html"

    def prepare(self, restart: bool) -> None:
        """Make the folder; with `restart`, forget the run that it holds.

        Raises:
            UsageError: something else is in the way.
        """
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"-o {self.root}: is a file; a folder is wanted. Name another place.")
        if self.root.is_dir() and not self.key.exists() and any(self.root.iterdir()) and not self._only_ours():
            raise UsageError(f"-o {self.root}: holds other files and no run. Name a new or empty folder.")
        if restart:
            for path in self._files():
                path.unlink(missing_ok=True)
        self.root.mkdir(parents=True, exist_ok=True)

    def _files(self) -> tuple[Path, ...]:
        files = (self.key, self.transcripts, self.ratings, self.assessments)
        return (*files, self.reading, self.summary, self.table, self.report)

    def _only_ours(self) -> bool:
        ours = {path.name for path in self._files()}
        return all(path.name in ours or path.suffix == ".part" for path in self.root.iterdir())

    def claim(self, key: RunKey) -> bool:
        """Take the folder for this run; True where the same run was begun before.

        Raises:
            UsageError: the folder holds a run of other inputs or settings.
        """
        if not self.key.exists():
            self.ratings.unlink(missing_ok=True)
            write_whole(self.key, key.model_dump_json(indent=2) + "\n")
            return False
        try:
            old = RunKey.from_json(self.key.read_bytes())
        except (ValidationError, ValueError):
            raise UsageError(f"{self.key}: is no run description. Use --restart or a new folder.") from None
        differing = [name for name in RunKey.model_fields if getattr(old, name) != getattr(key, name)]
        if differing:
            raise UsageError(
                f"-o {self.root}: holds a run with other {', '.join(differing)}. "
                "Name a new folder, or use --restart to replace it."
            )
        return True


def write_whole(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    shutil.move(part, path)
