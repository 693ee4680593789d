"""The whole way: read, code, decide, report. Reads like the method's abstract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder, resolve
from dtnexus.coding.recorded import RecordedCoder
from dtnexus.deciding.assess import assess
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.record import FrozenMap, Record, digest_of
from dtnexus.running.archive import Archive
from dtnexus.running.fail_on import findings
from dtnexus.running.folder import RunFolder, RunKey, write_whole
from dtnexus.running.local import code_all
from dtnexus.running.ratings_log import RatingsLog, read_blocks
from dtnexus.running.reading import Reading
from dtnexus.transcript import Agent, Interaction

T = TypeVar("T")


class Watch(Protocol):
    """Is shown every item on its way; for progress bars."""

    def __call__(self, items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the items unchanged."""
        ...


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
    findings: FrozenMap[str, int]
    """Finding of `--fail-on` -> interactions."""


def make_coders(framework: Framework, names: Sequence[str], ratings: Sequence[Path]) -> tuple[Coder, ...]:
    """The named coders, then one that replays people's ratings, if there are any."""
    coders: list[Coder] = [resolve(name) for name in names if name != "none"]
    coders.extend(RecordedCoder.read(path, framework) for path in ratings)
    if not coders:
        raise UsageError("--coder none: nobody rates. Give people's ratings with --ratings, or a coder.")
    return tuple(coders)


def profile_of(agent: Agent, profiles: Sequence[AgentProfile]) -> AgentProfile | None:
    """The profile that describes this agent: its id (and version, where given), else ``*``."""
    fitting = [p for p in profiles if p.agent_id == agent.id and p.version in (None, agent.version)]
    general = [p for p in profiles if p.agent_id == "*"]
    return next(iter(fitting + general), None)


def assess_all(plan: Plan, folder: RunFolder, watch: Watch) -> Outcome:
    """Read, code, decide and report; everything is in the folder afterwards.

    What cannot be read is listed in the outcome's report and in ``reading.json``; the
    rest is done. A run that was killed goes on where it stopped.

    Raises:
        UsageError: nobody rates, or the folder holds another run.
        InputError: no conversation could be read at all.
        FrameworkError: the framework has faults.
    """
    framework = load_framework(plan.framework, SIGNAL_MAXIMA)
    coders = make_coders(framework, plan.coders, plan.ratings)
    reading = Reading(plan.inputs, plan.reading)
    archive = Archive.write(folder.transcripts, watch(reading.transcripts(), "Reading"))
    report = reading.report()
    write_whole(folder.reading, report.model_dump_json(indent=2) + "\n")
    folder.claim(_key(plan, archive, framework, coders))
    resumed = _code(plan, folder, archive, framework, watch)
    assessments = _decide(plan, folder, archive, framework, watch)
    write_reports(folder, archive, framework, report)
    found = {name: 0 for name in plan.fail_on}
    for assessment in assessments:
        for name in findings(assessment, plan.fail_on):
            found[name] += 1
    return Outcome(report, len(archive.interaction_ids), resumed, found)


def _key(plan: Plan, archive: Archive, framework: Framework, coders: Sequence[Coder]) -> RunKey:
    settings = {"profiles": digest_of([profile.model_dump(mode="json") for profile in plan.profiles])}
    return RunKey(
        transcripts=archive.digest,
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework.digest(),
        coders=tuple(coder.ref for coder in coders),
        settings=settings,
    )


def _code(plan: Plan, folder: RunFolder, archive: Archive, framework: Framework, watch: Watch) -> int:
    with RatingsLog(folder.ratings) as log:
        left = len(archive.interaction_ids) - len(log.done)
        factory = partial(make_coders, framework, plan.coders, plan.ratings)
        coded = code_all(archive.interactions(frozenset(log.done)), factory, framework, min(plan.jobs, left))
        for _, said in watch(coded, "Coding", left):
            log.append(said)
        return len(log.done)


def decided(
    interactions: Iterable[Interaction], ratings: Path, framework: Framework, profiles: Sequence[AgentProfile]
) -> Iterator[Assessment]:
    """Decide interactions whose ratings stand in the same order in a ratings file."""
    blocks = read_blocks(ratings)
    for interaction in interactions:
        about, said = next(blocks)
        if about != interaction.id:
            raise UsageError(f"{ratings}: ratings of {about!r} stand where those of {interaction.id!r} are wanted")
        yield assess(interaction, said, framework, profile_of(interaction.agent, profiles))
