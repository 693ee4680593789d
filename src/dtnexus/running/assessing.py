"""The whole way: read, code, decide, report. Reads like the method's abstract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.ingest.loss import ReadReport
from dtnexus.running.archive import Archive
from dtnexus.running.coders import check_coverage, make_coders
from dtnexus.running.coding_files import code_archive
from dtnexus.running.deciding_files import decide_in_order, failures_counted, write_assessments
from dtnexus.running.fail_on import counted
from dtnexus.running.folder import RunFolder
from dtnexus.running.plan import Plan, key_of
from dtnexus.running.ratings_log import read_blocks
from dtnexus.running.reading import Reading
from dtnexus.running.reporting_files import report_run
from dtnexus.running.watch import Watch
from dtnexus.running.whole_file import write_whole


class Outcome(NamedTuple):
    """What a run did: what was read, how many were assessed, which findings hold."""

    reading: ReadReport
    interactions: int
    resumed: int
    """Interactions whose coding was already there."""
    failed: Mapping[str, int]
    """Coder and cause -> interactions in which it failed on a criterion."""
    findings: Mapping[str, int]
    """Finding of `--fail-on` -> interactions."""

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for was read and coded."""
        return self.reading.ok and not self.failed


def assess_all(plan: Plan, folder: RunFolder, restart: bool, watch: Watch) -> Outcome:
    """Read, code, decide and report; everything is in the folder afterwards.

    What cannot be read is listed in the outcome's report and in ``reading.json``; the
    rest is done. A run that was killed goes on where it stopped; with `restart`, a run
    that the folder holds is replaced as soon as the inputs have been read.

    Raises:
        UsageError: nobody rates, or the folder holds another run.
        InputError: no conversation could be read at all.
        FrameworkError: the framework has faults.
    """
    framework = load_framework(plan.framework, MAXIMA)
    factory = partial(make_coders, plan.coders, plan.ratings)
    coders = factory()

    folder.prepare()
    reading = Reading(plan.inputs, plan.reading)
    try:
        archive = Archive.write(folder.fresh, watch(reading.transcripts(), "Reading"))
        check_coverage(coders, archive.interaction_ids)
        folder.claim(key_of(plan, archive.digest, framework, coders), restart)
        archive.move(folder.transcripts)
    finally:
        folder.fresh.unlink(missing_ok=True)
    report = reading.report()
    write_whole(folder.reading, report.model_dump_json(indent=2) + "\n")

    resumed = code_archive(archive, folder.ratings, framework, factory, plan.jobs, watch)

    total = len(archive.interaction_ids)
    failed: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    blocks = failures_counted(read_blocks(folder.ratings), failed)
    deciding = decide_in_order(archive.interactions(), blocks, framework, plan.profiles)
    write_assessments(folder.assessments, counted(watch(deciding, "Deciding", total), plan.fail_on, findings))

    report_run(folder, archive, framework, report)
    return Outcome(report, total, resumed, dict(failed), {name: findings[name] for name in plan.fail_on})
