"""The folder of a battery: the files of a run, and those of what was played."""

from __future__ import annotations

from pathlib import Path

from dtnexus.errors import UsageError
from dtnexus.running.battery_plan import ProbingKey
from dtnexus.running.folder import RunFolder, refuse_other
from dtnexus.running.whole_file import write_whole


class BatteryFolder:
    """The files of one battery."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = RunFolder(root)
        self.key = root / "probing.json"
        self.exchanges = root / "exchanges.jsonl"
        self.sent = root / "sent.jsonl"
        self.battery = root / "probes.json"
        self.table = root / "probes.csv"
        self.invalid = root / "invalid.jsonl"

    def claim(self, key: ProbingKey, restart: bool) -> None:
        """Take the folder for this battery; one of the same key goes on, with `restart` it begins anew.

        Raises:
            UsageError: something else is in the way, or the folder holds a battery of another key; nothing
                was changed.
        """
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"-o {self.root}: is a file; a folder is wanted. Name another place.")
        if self.key.exists() and not restart:
            refuse_other(self.root, self.key, key, "battery")
            return
        if not self.key.exists() and self.root.exists() and not all(p.suffix == ".part" for p in self.root.iterdir()):
            raise UsageError(f"-o {self.root}: holds other files and no battery. Name a new or empty folder.")
        self.root.mkdir(parents=True, exist_ok=True)
        for path in (self.exchanges, self.sent, self.battery, self.table, self.invalid):
            path.unlink(missing_ok=True)
        self.forget_results()
        write_whole(self.key, key.model_dump_json(indent=2) + "\n")

    def forget_results(self) -> None:
        """Remove what was worked out of earlier transcripts."""
        run = self.run
        for path in (run.key, run.transcripts, run.reading, run.ratings, run.assessments, run.summary, run.table):
            path.unlink(missing_ok=True)
        run.report.unlink(missing_ok=True)
