"""The folder of a battery: the files of a run, and those of what was played."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from dtnexus.errors import UsageError
from dtnexus.running.battery_plan import ProbingKey
from dtnexus.running.folder import RunFolder, refuse_other
from dtnexus.running.one_at_a_time import held
from dtnexus.running.whole_file import write_whole


class BatteryFolder:
    """The files of one battery."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = RunFolder(root)
        self.key = root / "probing.json"
        self.lock = root / "probing.lock"
        """There while a battery is played; one that a kill has left behind hinders nobody."""
        self.exchanges = root / "exchanges.jsonl"
        self.sent = root / "sent.jsonl"
        self.battery = root / "probes.json"
        self.table = root / "probes.csv"
        self.invalid = root / "invalid.jsonl"

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other process out of the folder while a block runs; the folder is made where it is missing.

        Raises:
            UsageError: another process plays into it, or a file is in the way; nothing was changed.
        """
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"-o {self.root}: is a file; a folder is wanted. Name another place.")
        self.root.mkdir(parents=True, exist_ok=True)
        return held(
            self.lock,
            f"-o {self.root}: another `dtnexus probe run` is at work in this folder. "
            "Wait until it has ended, or name another folder.",
        )

    def claim(self, key: ProbingKey, restart: bool) -> None:
        """Take the folder for this battery; one of the same key goes on, with `restart` it begins anew.

        The folder is there, and this process is alone in it.

        Raises:
            UsageError: something else is in the way, or the folder holds a battery of another key; nothing
                was changed.
        """
        if self.key.exists() and not restart:
            refuse_other(self.root, self.key, key, "battery")
            return
        if not self.key.exists() and not all(p.suffix == ".part" or p == self.lock for p in self.root.iterdir()):
            raise UsageError(f"-o {self.root}: holds other files and no battery. Name a new or empty folder.")
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
