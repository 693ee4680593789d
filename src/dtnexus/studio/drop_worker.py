"""The process that does one job of the drop page: `python -m dtnexus.studio.drop_worker FOLDER`.

It says how far it is on standard output, a JSON object a line, and ends when its standard input closes: whoever
started it is gone then. Nothing that it says there, and no exit code, holds words of a conversation.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.profile_file import load_profile
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import DtnexusError
from dtnexus.reporting.tables import write_parquet
from dtnexus.running.assessing import assess_all
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.running.plan import Plan
from dtnexus.running.ratings_files import export, statements_of
from dtnexus.running.reading import Reading
from dtnexus.studio.drop_folder import DropFolder, DropOrder, DropOutcome

T = TypeVar("T")

MISTAKEN = 2
"""Exit code where the folder says in words what is wrong."""
_EVERY_S = 0.25


def telling(items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
    """Pass the items on and say now and then how many it were."""
    said, done = 0.0, 0
    _say(title, 0, total)
    for item in items:
        done += 1
        if time.monotonic() - said >= _EVERY_S:
            said = time.monotonic()
            _say(title, done, total)
        yield item
    _say(title, done, total)


def _say(title: str, done: int, total: int | None) -> None:
    print(json.dumps({"stage": title, "done": done, "total": total}), flush=True)


def read(order: DropOrder, folder: DropFolder) -> None:
    """Read the files to the end and write down what that cost; nothing that was read is kept."""
    reading = Reading(order.files, order.reading)
    deque(telling(reading.transcripts(), "Reading"), maxlen=0)
    folder.reading.write_text(reading.report().to_json(), encoding="utf-8")


def assess(order: DropOrder, folder: DropFolder) -> None:
    """The whole way from files to report and tables, with the embedded coder alone."""
    framework = load_framework(order.framework, MAXIMA)
    plan = Plan(
        inputs=order.files,
        reading=order.reading,
        framework=order.framework,
        profiles=(load_profile(folder.profile, framework),) if folder.profile.exists() else (),
    )
    done = assess_all(plan, folder.run, restart=False, watch=telling)
    _say("Writing tables", 0, None)
    folder.tables.mkdir(exist_ok=True)
    write_parquet(AssessmentFile(folder.run.assessments), framework, folder.tables / "assessments.parquet")
    said = statements_of([folder.run.ratings])
    for ending in ("csv", "parquet"):
        export(said, folder.tables / f"ratings.{ending}", "long", False, framework)
    folder.reading.write_text(done.reading.to_json(), encoding="utf-8")
    came = DropOutcome(interactions=done.interactions, failed=done.failed, not_read=sum(done.not_read.values()))
    folder.outcome.write_text(came.to_json(), encoding="utf-8")


def main() -> int:
    """Do the job of the folder; 0: done, 2: `told.txt` says why not."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)
    folder = DropFolder(Path(sys.argv[1]))
    os.chdir(folder.given)  # so that reports name the files and no folder of this machine
    order = folder.ordered()
    try:
        (read if order.phase == "read" else assess)(order, folder)
    except DtnexusError as error:
        folder.told.write_text(str(error), encoding="utf-8")
        return MISTAKEN
    return 0


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
