"""The private folder of one job of the drop page: what was handed over, how to read it, and what came of it.

Whatever tells of the content (names of files, what reading cost, error messages) stands in here and nowhere else, so
that deleting the folder deletes it all.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import IO, Literal

from dtnexus.ingest.loss import ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.record import FrozenMap, Record
from dtnexus.running.folder import RunFolder

PREFIX = "dtnexus-drop-"
_NAME = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{6,40}}")
_UNFIT = re.compile(r"[^\w .()+,@=&-]")
"""Characters that a file system, a shell pattern or a page could take for more than themselves."""

Phase = Literal["read", "assess"]


class DropOrder(Record):
    """What is to be done with the files."""

    files: tuple[str, ...]
    """Names in `DropFolder.given`."""
    phase: Phase = "read"
    framework: str = "dtn-op"
    reading: ReadOptions = ReadOptions()

    def differs(self, other: DropOrder) -> bool:
        """Whether what was assessed by the other order is worth nothing for this one."""
        return (self.files, self.framework, self.reading) != (other.files, other.framework, other.reading)


class DropOutcome(Record):
    """What an assessment came to, in numbers."""

    interactions: int
    failed: FrozenMap[str, int]
    """Coder and cause -> interactions in which it failed on a criterion."""
    not_read: int
    """Interactions of which something was not read for its language."""


class DropFolder:
    """The files of one job."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.given = root / "given"
        self.order = root / "order.json"
        self.profile = root / "profile.yaml"
        self.reading = root / "reading.json"
        self.outcome = root / "outcome.json"
        self.told = root / "told.txt"
        self.run = RunFolder(root / "run")
        self.tables = root / "tables"

    @classmethod
    def make(cls) -> DropFolder:
        """A new folder that this user alone may open."""
        folder = cls(Path(tempfile.mkdtemp(prefix=PREFIX)))
        folder.given.mkdir()
        return folder

    @classmethod
    def of(cls, name: str) -> DropFolder | None:
        """The folder of this name where temporary files are; None where there is none that `make` could have made."""
        root = Path(tempfile.gettempdir()) / name
        fits = _NAME.fullmatch(name) is not None and root.is_dir() and not root.is_symlink()
        return cls(root) if fits else None

    @property
    def name(self) -> str:
        """What `of` finds it by."""
        return self.root.name

    def take(self, files: Iterable[tuple[str, IO[bytes]]]) -> tuple[str, ...]:
        """Write the files and return the names under which they stand; no two are the same."""
        names: list[str] = []
        for given, stream in files:
            name = _free(fit_name(given), names)
            with (self.given / name).open("wb") as out:
                shutil.copyfileobj(stream, out)
            names.append(name)
        return tuple(names)

    def give(self, order: DropOrder) -> None:
        """Write down what is to be done; an assessment of another order is thrown away."""
        if self.order.exists() and order.differs(self.ordered()):
            shutil.rmtree(self.run.root, ignore_errors=True)
        for old in (self.told, self.outcome):
            old.unlink(missing_ok=True)
        self.order.write_text(order.to_json(), encoding="utf-8")

    def ordered(self) -> DropOrder:
        """What is to be done."""
        return DropOrder.from_json(self.order.read_bytes())

    def read_report(self) -> ReadReport | None:
        """What reading cost; None where nothing was read yet."""
        return ReadReport.from_json(self.reading.read_bytes()) if self.reading.exists() else None

    def came_to(self) -> DropOutcome | None:
        """What the assessment came to; None where there is none."""
        return DropOutcome.from_json(self.outcome.read_bytes()) if self.outcome.exists() else None

    def said(self) -> str:
        """Why it failed, in words for the person who waits; empty where nothing was said."""
        return self.told.read_text(encoding="utf-8") if self.told.exists() else ""

    def downloads(self) -> dict[str, Path]:
        """Name under which it is offered -> file; only what is there."""
        known = {
            "report.html": self.run.report,
            "assessments.csv": self.run.table,
            "assessments.jsonl": self.run.assessments,
            "assessments.parquet": self.tables / "assessments.parquet",
            "ratings.csv": self.tables / "ratings.csv",
            "ratings.jsonl": self.run.ratings,
            "ratings.parquet": self.tables / "ratings.parquet",
            "reading.json": self.run.reading,
        }
        return {name: path for name, path in known.items() if path.is_file()}

    def delete(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.root, ignore_errors=True)


def fit_name(given: str) -> str:
    """A file's own name without folders and without characters that mean more than themselves; never empty."""
    name = _UNFIT.sub("_", PurePath(given.replace("\\", "/")).name).strip(" .")[-120:]
    return f"file{name}" if not name or name.startswith("-") else name


def _free(name: str, taken: list[str]) -> str:
    stem, dot, ending = name.partition(".")
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{stem}-{number}{dot}{ending}"
    return free
