"""The whole way: read, code, decide, report. Reads like the method's abstract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.signals import MAXIMA
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.record import Record, digest_of
from dtnexus.running.archive import Archive
from dtnexus.running.coders import make_coders
from dtnexus.running.coding_files import code_archive
from dtnexus.running.deciding_files import decide_in_order, write_assessments
from dtnexus.running.fail_on import counted
from dtnexus.running.folder import RunFolder, RunKey, write_whole
from dtnexus.running.reading import Reading
from dtnexus.running.reporting_files import report_run
from dtnexus.running.watch import Watch


class Plan(Record):
    """What is to be assessed, and how."""

    inputs: tuple[str, ...]
    reading: ReadOptions = ReadOptions()
    framework: str
    """As `load_framework` takes it."""
    profiles: tuple[AgentProfile, ...] = ()
    coders: tuple[str, ...] = ("linear",)
    ratings: tuple[Path, ...] = ()
    jobs: int = 1
    fail_on: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What a run did: what was read, how many were assessed, which findings hold."""

    reading: ReadReport
    interactions: int
    resumed: int
    """Interactions whose coding was already there."""
    findings: Mapping[str, int]
    """Finding of `--fail-on` -> interactions."""


def assess_all(plan: Plan, folder: RunFolder, watch: Watch) -> Outcome:
    """Read, code, decide and report; everything is in the folder afterwards.

    What cannot be read is listed in the outcome's report and in ``reading.json``; the
    rest is done. A run that was killed goes on where it stopped.

    Raises:
        UsageError: nobody rates, or the folder holds another run.
        InputError: no conversation could be read at all.
        FrameworkError: the framework has faults.
    """
    framework = load_framework(plan.framework, MAXIMA)
    factory = partial(make_coders, plan.coders, plan.ratings)
    coders = factory()

    reading = Reading(plan.inputs, plan.reading)
    archive = Archive.write(folder.transcripts, watch(reading.transcripts(), "Reading"))
    report = reading.report()
    write_whole(folder.reading, report.model_dump_json(indent=2) + "\n")
    folder.claim(_key(plan, archive, framework, coders))

    resumed = code_archive(archive, folder.ratings, plan.framework, factory, plan.jobs, watch)

    total = len(archive.interaction_ids)
    tally: Counter[str] = Counter()
    deciding = decide_in_order(archive.interactions(), folder.ratings, framework, plan.profiles)
    write_assessments(folder.assessments, counted(watch(deciding, "Deciding", total), plan.fail_on, tally))

    report_run(folder, archive, framework, report)
    return Outcome(report, total, resumed, {name: tally[name] for name in plan.fail_on})


def _key(plan: Plan, archive: Archive, framework: Framework, coders: Sequence[Coder]) -> RunKey:
    return RunKey(
        transcripts=archive.digest,
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework.digest(),
        coders=tuple(coder.ref for coder in coders),
        settings={
            "profiles": digest_of([profile.model_dump(mode="json") for profile in plan.profiles]),
            "ratings": digest_of([path.read_text(encoding="utf-8") for path in plan.ratings]),
        },
    )
