"""A dry run: what the judges would be asked, and nothing is sent or kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.ingest.loss import ReadReport
from dtnexus.judging.survey import Survey
from dtnexus.running.archive import Archive
from dtnexus.running.judge_asking import Inquiry
from dtnexus.running.plan import Plan
from dtnexus.running.reading import Reading
from dtnexus.running.watch import Watch


def dry_run(plan: Plan, folder: Path, watch: Watch) -> tuple[ReadReport, Survey]:
    """Read everything and count the calls that are not answered in the folder or the cache.

    Raises:
        UsageError: no judge is among the coders, or the price file lacks one.
        InputError: no conversation could be read at all.
    """
    if not plan.judging.targets:
        raise UsageError("--dry-run: only judges cost anything; give --coder judge:PROVIDER/MODEL")
    framework = load_framework(plan.framework, MAXIMA)
    reading = Reading(plan.inputs, plan.reading)
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as scratch:
        archive = Archive.write(Path(scratch) / "transcripts.jsonl", watch(reading.transcripts(), "Reading"))
        found = Inquiry(plan.judging, framework, folder).survey(archive.interactions)
    return reading.report(), found
