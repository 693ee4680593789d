"""The whole way: read, code, decide, report. Reads like the method's abstract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.running.admission_file import read_admissions
from dtnexus.running.archive import Archive
from dtnexus.running.coders import check_coverage, make_coders
from dtnexus.running.coding_files import code_archive
from dtnexus.running.deciding_files import paired
from dtnexus.running.folder import RunFolder
from dtnexus.running.hands import CoderFactory, Hands
from dtnexus.running.judge_asking import Asked, Gate, Inquiry, closed_gate
from dtnexus.running.judge_bench import Bench
from dtnexus.running.language_counts import NotRead
from dtnexus.running.local import Crew, processes
from dtnexus.running.plan import Plan, key_of
from dtnexus.running.ratings_log import raw_blocks
from dtnexus.running.reading import Reading
from dtnexus.running.reporting_files import report_run
from dtnexus.running.watch import Watch
from dtnexus.running.whole_file import whole, write_whole


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
    not_read: Mapping[NotRead, int]
    """What coders did not read for its language -> interactions."""
    asked: Asked | None = None
    """What asking judges came to; None without judges."""

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for was read and coded."""
        return self.reading.ok and not self.failed


def assess_all(plan: Plan, folder: RunFolder, restart: bool, watch: Watch, gate: Gate = closed_gate) -> Outcome:
    """Read, code, decide and report; everything is in the folder afterwards.

    What cannot be read is listed in the outcome's report and in ``reading.json``; the
    rest is done. A run that was killed goes on where it stopped; with `restart`, a run
    that the folder holds is replaced as soon as the inputs have been read. Judges are asked
    before anything is coded, and only what the gate lets pass leaves the machine.

    Raises:
        UsageError: nobody rates, the folder holds another run or another process is at work in it, or the gate is
            closed.
        InputError: no conversation could be read at all.
        FrameworkError: the framework has faults.
    """
    framework = load_framework(plan.framework, MAXIMA)
    read_admissions(plan.admissions)
    coders = make_coders(plan.coders, plan.ratings, Bench(plan.judging, framework))
    inquiry = Inquiry(plan.judging, framework, folder.judging)

    folder.prepare()
    with folder.alone():
        reading = Reading(plan.inputs, plan.reading)
        try:
            archive = Archive.write(folder.fresh, watch(reading.transcripts(), "Reading"))
            check_coverage(coders, archive.interaction_ids)

            def ready(sending: bool) -> None:
                folder.claim(key_of(plan, archive.digest, framework, coders), restart)
                archive.move(folder.transcripts)
                if sending:
                    folder.ratings.unlink(missing_ok=True)  # new answers change what was coded without them

            asked = inquiry.run(archive.interactions, gate, watch, ready)
        finally:
            folder.fresh.unlink(missing_ok=True)
        report = reading.report()
        write_whole(folder.reading, report.model_dump_json(indent=2) + "\n")
        factory = partial(make_coders, plan.coders, plan.ratings, asked.bench if asked else None)
        return assess_archive(archive, plan, framework, factory, folder, report, watch)._replace(asked=asked)


def assess_archive(
    archive: Archive,
    plan: Plan,
    framework: Framework,
    factory: CoderFactory,
    folder: RunFolder,
    report: ReadReport,
    watch: Watch,
) -> Outcome:
    """Code, decide and report what stands in the folder's transcripts; the folder has been claimed for it.

    Raises:
        UsageError: the ratings that are there already are of other interactions.
    """
    total = len(archive.interaction_ids)
    failed: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    not_read: Counter[NotRead] = Counter()
    hands = Hands(factory, framework, plan.profiles, plan.fail_on, read_admissions(plan.admissions))
    with Crew(hands, processes(plan.jobs, archive.size)) as crew:
        resumed = code_archive(archive, folder.ratings, crew, watch)
        cases = paired(archive.parcels(), raw_blocks(folder.ratings))
        with whole(folder.assessments) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
            for decided in watch(crew.decide(cases), "Deciding", total):
                stream.write(decided.line)
                failed.update(decided.failed)
                findings.update(decided.findings)
                not_read.update(decided.not_read)
        report_run(folder, archive, framework, report, crew)
    held = {name: findings[name] for name in plan.fail_on}
    return Outcome(report, total, resumed, dict(failed), held, dict(not_read))
