"""A run is a folder: which run it holds, and where its files are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self

from dtnexus.errors import UsageError
from dtnexus.running.one_at_a_time import held
from dtnexus.running.plan import RunKey
from dtnexus.running.whole_file import write_whole


class _Key(Protocol):
    """What makes two runs, or two batteries, the same."""

    @classmethod
    def from_json(cls, text: bytes) -> Self: ...

    def differing(self, other: Self) -> list[str]: ...


def refuse_other(root: Path, file: Path, key: _Key, what: str) -> None:
    """Do nothing where the folder holds what has this key; `what` names it.

    Raises:
        UsageError: it holds something of another key, or the file is no key.
    """
    try:
        old = type(key).from_json(file.read_bytes())
    except ValueError:
        raise UsageError(f"{file}: is no {what} description. Use --restart or a new folder.") from None
    differing = old.differing(key)
    if differing:
        raise UsageError(
            f"-o {root}: holds a {what} with other {', '.join(differing)}. "
            "Name a new folder, or use --restart to replace it."
        )


class RunFolder:
    """The files of one run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = root / "run.json"
        self.lock = root / "run.lock"
        """There while a run is at work; one that a kill has left behind hinders nobody."""
        self.fresh = root / "transcripts.new.jsonl"
        """What was read this time, until it is known whether the folder may take it."""
        self.transcripts = root / "transcripts.jsonl"
        self.ratings = root / "ratings.jsonl"
        self.assessments = root / "assessments.jsonl"
        self.reading = root / "reading.json"
        self.summary = root / "summary.json"
        self.table = root / "assessments.csv"
        self.report = root / "report.html"
        self.judging = root / "judge"
        """Replies of judges, and the log of what left the machine. A restart keeps both."""

    def prepare(self) -> None:
        """Make the folder where it is missing; touch nothing that stands in it.

        Raises:
            UsageError: something else is in the way.
        """
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"-o {self.root}: is a file; a folder is wanted. Name another place.")
        self.root.mkdir(parents=True, exist_ok=True)
        if not self.key.exists() and not all(self._left_over(path) for path in self.root.iterdir()):
            raise UsageError(f"-o {self.root}: holds other files and no run. Name a new or empty folder.")

    def _left_over(self, path: Path) -> bool:
        """Whether a run that was killed while reading has left this."""
        return path in (self.fresh, self.lock) or path.suffix == ".part"

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other process out of the folder, which is there, while a block runs.

        Raises:
            UsageError: another process is at work in it; nothing was changed.
        """
        return held(
            self.lock,
            f"-o {self.root}: another run is at work in this folder. Wait until it has ended, or name another folder.",
        )

    def claim(self, key: RunKey, restart: bool) -> None:
        """Take the folder for this run; a run of the same key goes on, with `restart` it begins anew.

        Raises:
            UsageError: the folder holds a run of other inputs or settings; nothing was changed.
        """
        if self.key.exists() and not restart:
            refuse_other(self.root, self.key, key, "run")
            return
        for path in (self.ratings, self.assessments, self.reading, self.summary, self.table, self.report):
            path.unlink(missing_ok=True)
        write_whole(self.key, key.model_dump_json(indent=2) + "\n")
